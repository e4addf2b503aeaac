// The parts that emitted text is put together from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "graph/kernel.h"
#include "src/cuda/emit.h"
#include "src/layout.h"

namespace accrue::gpu {

/// Lines of code, indented by the blocks they stand in.
class Code {
 public:
  void line(std::string_view text);
  /// text + " {", and what closes it.
  void open(std::string_view text);
  void close(std::string_view end = "");

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  std::size_t depth_ = 0;
};

/// A kernel's parameters, each 8 bytes wide: the fields of its struct, and the bytes of a launch.
class Parameters {
 public:
  void add_pointer(const std::string& type, const std::string& name, const Launch::Pointer& to,
                   const std::string& comment);
  void add_number(const std::string& name, std::int64_t value);

  /// struct `name` with all of them.
  void declare(Code& code, const std::string& name) const;
  void fill(Launch& launch) const;

 private:
  std::vector<std::string> fields_;
  std::vector<std::int64_t> values_;
  std::vector<Launch::Pointer> pointers_;
};

/// Offsets of operands: sums of indices times strides. Operands that move alike share one.
class Offsets {
 public:
  /// name: of each offset, before its number. indices: what each dim's index is called in the text.
  Offsets(std::string name, std::vector<std::string> indices)
      : name_(std::move(name)), indices_(std::move(indices)) {}

  /// The number of the offset with these strides.
  int add(const Dims& strides);
  std::size_t size() const { return strides_.size(); }

  std::string name(int offset) const { return name_ + std::to_string(offset); }
  const Dims& strides(int offset) const { return strides_[static_cast<std::size_t>(offset)]; }
  /// A stride as an expression: "1", "0", or a parameter.
  std::string stride(int offset, std::size_t dim) const;
  std::string sum(int offset) const;

  void add_parameters(Parameters& parameters) const;

 private:
  std::string name_;
  std::vector<std::string> indices_;
  std::vector<Dims> strides_;
};

/// What moves elements or counts them: a load, store or iota. They are the operands of a Layout.
bool is_operand(const Instr& instr);

/// "p3" for the operand that is the kernel's third instruction: a pointer, or the first index of an iota.
std::string operand_name(std::int32_t instruction);
void add_operands(Parameters& parameters, const KernelGraph& graph, const Kernel& kernel,
                  const Layout& layout);

/// The element type of the dtype in device code: f16, float, i64, ...
std::string_view type_name(DType dtype);

/// An element as an expression of that type.
std::string literal(DType dtype, std::uint64_t bits);

/// "v3": the value of the kernel's third instruction; a constant's is a literal.
std::string value_name(const Kernel& kernel, std::int32_t instruction);

/// A map, cast or iota as an expression, and the graph node behind it as a comment.
///   args   its arguments as expressions
///   index  iota: the index, an i64
std::string expression(const Kernel& kernel, const Instr& instr, const std::vector<std::string>& args,
                       const std::string& index);
std::string node_comment(const KernelGraph& graph, const Instr& instr);

/// The lines above a kernel: its entry, what it computes and why these nodes share it.
void describe(Code& code, const Kernel& kernel, const std::string& entry);

/// What a buffer is called in comments: its name, or "b3".
std::string buffer_name(const KernelGraph& graph, int buffer);

/// "extern "C" __global__ ... k0(const K0 __grid_constant__ k)", without the brace.
///   bounds  "__launch_bounds__(256, 1)", or "BLOCK_OF(512)" (kernels/elements.h)
std::string signature(const std::string& entry, const std::string& bounds);
/// "K0" for the entry "k0".
std::string parameters_name(const std::string& entry);

/// Indices of the dims, taken from `rest`: the last dim's first.
///   lengths   of each dim as an expression; the first one's is not read
void declare_indices(Code& code, const std::vector<std::string>& names,
                     const std::vector<std::string>& lengths);

KernelLaunches lower_map(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                         const Target& target);
KernelLaunches lower_lines(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                           const Target& target);
KernelLaunches lower_matmul(const KernelGraph& graph, std::size_t kernel,
                            std::span<const Strides* const> strides, const Target& target);

}  // namespace accrue::gpu
