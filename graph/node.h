// One operation of a graph, as plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "accrue/dtype.hpp"
#include "accrue/error.hpp"
#include "accrue/shape.hpp"
#include "graph/op_table.h"

namespace accrue {

using NodeId = std::uint32_t;
inline constexpr NodeId no_node = ~NodeId{0};

/// The kinds of node: a closed list. The functions inside map, scan and reduce are open (scalar_ops.h).
enum class Kind : std::uint8_t { input, constant, iota, map, cast, scan, reduce, view, concat, matmul };

/// The kinds of view. A flip is a slice, squeeze and unsqueeze are reshapes, transpose is a permute.
enum class View : std::uint8_t { reshape, permute, slice, broadcast };

/// Dense row-major data in host memory: a tensor constant, or a value of the reference evaluator.
struct Array {
  DType dtype = DType::float32;
  Shape shape;
  std::vector<std::byte> bytes;

  Array() = default;
  Array(DType t, Shape s)
      : dtype(t), shape(std::move(s)), bytes(static_cast<std::size_t>(elements(shape)) * byte_width(t)) {}
};

struct Node {
  Kind kind = Kind::input;
  DType dtype = DType::float32;
  Fn fn{};                    // map
  Fold fold{};                // scan, reduce
  View view = View::reshape;  // view
  bool exclusive = false;     // scan
  bool reverse = false;       // scan
  bool keepdim = false;       // reduce
  Shape shape;
  SmallVector<NodeId, 3> inputs;

  /// scan, concat: the axis. reduce: the dims, ascending. permute: the input's dim behind each dim.
  /// slice: the first index per dim. All non-negative.
  Dims dims;
  Dims steps;                         // slice: per dim, not 0
  std::uint64_t bits = 0;             // constant without data: every element's storage bits. iota: see below
  std::uint64_t step_bits = 0;        // iota: element i is start + i * step, in int64 (wrapping) for integer
                                      // dtypes, else in float64; then converted to dtype. bits: the start
  std::shared_ptr<const Array> data;  // tensor constant
  const char* name = nullptr;         // input: owned by the arena
  SourceLoc where;

  bool is_literal() const { return kind == Kind::constant && data == nullptr && shape.empty(); }
};

/// The operation's printed name: "cumsum", "add", "reshape".
std::string_view op_name(const Node& node);

/// The same operation on the same inputs with the same attributes (places are not compared).
bool same_operation(const Node& a, const Node& b);
std::uint32_t hash_of(const Node& node);

}  // namespace accrue
