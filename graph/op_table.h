// The scalar functions and folds of scalar_ops.h as tables: an index is all a Node, a Kernel or a step keeps.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "graph/scalar_ops.h"

namespace accrue {

enum class Fn : std::uint8_t {};    // index of a ScalarOp
enum class Fold : std::uint8_t {};  // index of a ScalarFold

struct FnInfo {
  std::string_view name;
  scalar::OpSpec spec;
};

namespace detail {
template <int... i>
constexpr auto fn_table(std::integer_sequence<int, i...>) {
  return std::array<FnInfo, sizeof...(i)>{FnInfo{scalar::ScalarOp<i>::name, scalar::ScalarOp<i>::spec}...};
}
template <int... i>
constexpr auto fold_table(std::integer_sequence<int, i...>) {
  return std::array<scalar::FoldSpec, sizeof...(i)>{scalar::ScalarFold<i>::spec...};
}
template <int... i>
constexpr auto fold_name_table(std::integer_sequence<int, i...>) {
  return std::array<std::string_view, sizeof...(i)>{scalar::ScalarFold<i>::name...};
}
}  // namespace detail

inline constexpr auto fn_infos = detail::fn_table(std::make_integer_sequence<int, scalar::scalar_op_count>{});
inline constexpr auto fold_specs =
    detail::fold_table(std::make_integer_sequence<int, scalar::scalar_fold_count>{});
inline constexpr auto fold_struct_names =
    detail::fold_name_table(std::make_integer_sequence<int, scalar::scalar_fold_count>{});

constexpr const FnInfo& info(Fn fn) { return fn_infos[static_cast<std::size_t>(fn)]; }
constexpr const scalar::FoldSpec& spec(Fold fold) { return fold_specs[static_cast<std::size_t>(fold)]; }
/// The name of the fold's struct in scalar_ops.h: "fold_sum".
constexpr std::string_view struct_name(Fold fold) {
  return fold_struct_names[static_cast<std::size_t>(fold)];
}

/// Whether a reduction takes a dtype: those that widen or turn integers into floats do, the others' follows
/// from the input.
constexpr bool takes_dtype(Fold fold) {
  return spec(fold).result == scalar::FoldResult::widen || spec(fold).result == scalar::FoldResult::real;
}

/// The function or fold of that name ("add"; "cumsum" or "sum"), or nothing.
constexpr std::optional<Fn> find_fn(std::string_view name) {
  for (std::size_t i = 0; i < fn_infos.size(); ++i)
    if (fn_infos[i].name == name) return static_cast<Fn>(i);
  return std::nullopt;
}
constexpr std::optional<Fold> find_scan(std::string_view name) {
  for (std::size_t i = 0; i < fold_specs.size(); ++i)
    if (fold_specs[i].scan != nullptr && fold_specs[i].scan == name) return static_cast<Fold>(i);
  return std::nullopt;
}
constexpr std::optional<Fold> find_reduce(std::string_view name) {
  for (std::size_t i = 0; i < fold_specs.size(); ++i)
    if (fold_specs[i].reduce != nullptr && fold_specs[i].reduce == name) return static_cast<Fold>(i);
  return std::nullopt;
}

/// The same, for names that code spells out: a wrong one does not compile.
consteval Fn fn(std::string_view name) { return find_fn(name).value(); }
consteval Fold scan_fold(std::string_view name) { return find_scan(name).value(); }
consteval Fold reduce_fold(std::string_view name) { return find_reduce(name).value(); }

}  // namespace accrue
