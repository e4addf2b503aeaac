#include "src/cuda/emit_code.h"

#include <algorithm>
#include <cstring>

#include "graph/text/numbers.h"

namespace accrue::gpu {

void Code::line(std::string_view text) {
  if (!text.empty()) text_.append(2 * depth_, ' ');
  text_ += text;
  text_ += '\n';
}

void Code::open(std::string_view text) {
  line(text.empty() ? "{" : std::string(text) + " {");
  ++depth_;
}

void Code::close(std::string_view end) {
  --depth_;
  line("}" + std::string(end));
}

void Parameters::add_pointer(const std::string& type, const std::string& name, const Launch::Pointer& to,
                             const std::string& comment) {
  pointers_.push_back({8 * values_.size(), to.buffer, to.byte_offset});
  fields_.push_back(type + "* " + name + ";" + comment);
  values_.push_back(0);
}

void Parameters::add_number(const std::string& name, std::int64_t value) {
  fields_.push_back("i64 " + name + ";");
  values_.push_back(value);
}

void Parameters::declare(Code& code, const std::string& name) const {
  code.open("struct " + name);
  for (const std::string& field : fields_) code.line(field);
  code.close(";");
}

void Parameters::fill(Launch& launch) const {
  launch.parameters.resize(8 * values_.size());
  std::memcpy(launch.parameters.data(), values_.data(), launch.parameters.size());
  launch.pointers = pointers_;
}

int Offsets::add(const Dims& strides) {
  const auto same = std::find(strides_.begin(), strides_.end(), strides);
  if (same == strides_.end()) return strides_.push_back(strides), static_cast<int>(strides_.size()) - 1;
  return static_cast<int>(same - strides_.begin());
}

std::string Offsets::stride(int offset, std::size_t dim) const {
  const std::int64_t stride = strides(offset)[dim];
  return stride == 0 || stride == 1 ? std::to_string(stride)
                                    : "k." + name(offset) + "_" + std::to_string(dim);
}

std::string Offsets::sum(int offset) const {
  std::string text;
  for (std::size_t d = 0; d < indices_.size(); ++d) {
    const std::int64_t stride = strides(offset)[d];
    if (stride == 0) continue;
    text += (text.empty() ? "" : " + ") + indices_[d];
    if (stride != 1) text += " * " + this->stride(offset, d);
  }
  return text.empty() ? "0" : text;
}

void Offsets::add_parameters(Parameters& parameters) const {
  for (std::size_t o = 0; o < strides_.size(); ++o)
    for (std::size_t d = 0; d < indices_.size(); ++d) {
      const std::string text = stride(static_cast<int>(o), d);
      if (text.starts_with("k.")) parameters.add_number(text.substr(2), strides_[o][d]);
    }
}

bool is_operand(const Instr& instr) {
  return instr.op == Instr::Op::load || instr.op == Instr::Op::store || instr.op == Instr::Op::iota;
}

std::string operand_name(std::int32_t instruction) { return "p" + std::to_string(instruction); }

void add_operands(Parameters& parameters, const KernelGraph& graph, const Kernel& kernel,
                  const Layout& layout) {
  std::size_t operand = 0;
  for (std::size_t i = 0; i < kernel.code.size(); ++i) {
    const Instr& instr = kernel.code[i];
    if (!is_operand(instr)) continue;
    const std::string name = operand_name(static_cast<std::int32_t>(i));
    const std::int64_t origin = layout.operands[operand++].origin;
    if (instr.op == Instr::Op::iota) {
      parameters.add_number(name, origin);
      continue;
    }
    const std::string type =
        (instr.op == Instr::Op::load ? "const " : "") + std::string(type_name(instr.dtype));
    parameters.add_pointer(type, name,
                           {0, instr.buffer, origin * static_cast<std::int64_t>(byte_width(instr.dtype))},
                           "  // " + buffer_name(graph, instr.buffer));
  }
}

std::string_view type_name(DType dtype) {
  constexpr std::string_view names[dtype_count] = {"bool", "i8",  "i16", "i32",  "i64",   "u8",    "u16",
                                                   "u32",  "u64", "f16", "bf16", "float", "double"};
  return names[static_cast<int>(dtype)];
}

std::string literal(DType dtype, std::uint64_t bits) {
  const std::string type(type_name(dtype));
  std::string number;
  append_number(number, dtype, bits);
  const bool is_number = number.find('n') == std::string::npos;  // neither nan nor inf
  switch (dtype) {
    case DType::boolean: return number == "True" ? "true" : "false";
    case DType::int32: return number;
    case DType::uint32: return number + "u";
    case DType::uint64: return number + "ul";
    case DType::int64:
      return static_cast<std::int64_t>(bits) == INT64_MIN ? "lowest_of<i64>()" : number + "l";
    case DType::float16:
    case DType::bfloat16: return type + "{" + std::to_string(bits & 0xffff) + "} /* " + number + " */";
    case DType::float32:
    case DType::float64: break;
    default: return type + "(" + number + ")";
  }
  if (is_number) return dtype == DType::float32 ? number + "f" : number;
  if (number == "nan") return "not_a_number<" + type + ">()";
  return (number == "inf" ? "highest_of<" : "lowest_of<") + type + ">()";
}

std::string value_name(const Kernel& kernel, std::int32_t instruction) {
  const Instr& instr = kernel.code[static_cast<std::size_t>(instruction)];
  return instr.op == Instr::Op::constant ? literal(instr.dtype, instr.bits)
                                         : "v" + std::to_string(instruction);
}

std::string expression(const Kernel& kernel, const Instr& instr, const std::vector<std::string>& args,
                       const std::string& index) {
  const std::string type(type_name(instr.dtype));
  switch (instr.op) {
    case Instr::Op::cast: return "cast_element<" + type + ">(" + args[0] + ")";
    case Instr::Op::iota: {
      const DType number = is_floating(instr.dtype) ? DType::float64 : DType::uint64;
      return "iota<" + type + ">(" + literal(number, instr.bits) + ", " + literal(number, instr.step_bits) +
             ", " + index + ")";
    }
    case Instr::Op::map: {
      std::string text = "map<" + type + ", " + std::string(info(instr.fn).name) + ">(";
      for (std::size_t i = 0; i < args.size(); ++i) text += (i == 0 ? "" : ", ") + args[i];
      return text + ")";
    }
    default: throw InternalError("no CUDA text for an instruction of this kernel: " + kernel.reason);
  }
}

std::string node_comment(const KernelGraph& graph, const Instr& instr) {
  if (instr.node == no_node) return {};
  return "  // %" + std::to_string(instr.node) + " " + std::string(op_name((*graph.graph)[instr.node]));
}

std::string buffer_name(const KernelGraph& graph, int buffer) {
  const std::string& name = graph.buffers[static_cast<std::size_t>(buffer)].name;
  return name.empty() ? "b" + std::to_string(buffer) : name;
}

void describe(Code& code, const Kernel& kernel, const std::string& entry) {
  code.line("// " + entry + ": " + kernel.reason);
}

std::string parameters_name(const std::string& entry) { return "K" + entry.substr(1); }

std::string signature(const std::string& entry, const std::string& bounds) {
  return "extern \"C\" __global__ void " + bounds + " " + entry + "(const " + parameters_name(entry) +
         " __grid_constant__ k)";
}

void declare_indices(Code& code, const std::vector<std::string>& names,
                     const std::vector<std::string>& lengths) {
  for (std::size_t d = names.size(); d-- > 1;)
    code.line("const i64 " + names[d] + " = next_index(rest, " + lengths[d] + ");");
  code.line("const i64 " + names[0] + " = rest;");
}

}  // namespace accrue::gpu
