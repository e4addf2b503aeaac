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
  int depth_ = 0;
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

/// The element type of the dtype in device code: f16, float, i64, ...
std::string_view type_name(DType dtype);

/// An element as an expression of that type.
std::string literal(DType dtype, std::uint64_t bits);

/// "v3": the value of the kernel's third instruction.
std::string value_name(std::int32_t instruction);

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

KernelLaunches lower_map(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                         const Target& target);

}  // namespace accrue::gpu
