// Matrix products: a tiled kernel of our own.
#include <algorithm>

#include "src/cuda/emit_code.h"

namespace accrue::gpu {
namespace {

constexpr std::int64_t tile = 64;  // rows and columns of a block (kernels/matmul.h)
constexpr int threads = 256;
constexpr int blocks_per_multiprocessor = 16;

/// What products are summed in: float32 for 16-bit floats, modulo 2^32 or 2^64 for integers.
std::string_view sum_type(DType dtype) {
  if (is_floating(dtype)) return dtype == DType::float64 ? "double" : "float";
  return byte_width(dtype) == 8 ? "u64" : "u32";
}

constexpr const char* names[] = {"a", "b", "c"};  // of the operands: c = a b

/// A matmul kernel's shape, and its operands by the names of their parameters.
struct Matmul {
  Matmul(const KernelGraph& graph, std::size_t k, std::span<const Strides* const> strides);

  const Kernel& kernel;
  std::string entry, type;  // type: of the elements
  std::size_t batch_dims;
  std::int64_t rows, depth, columns;
  std::int64_t row_tiles, column_tiles, tiles;  // tiles: of all batches
  std::vector<std::string> indices, lengths;    // of the batch dims
  Offsets offsets;                              // of an operand's batch
  int offset_of[3];
  Parameters parameters;

 private:
  void add_operand(const KernelGraph& graph, std::size_t i, std::span<const Strides* const> strides);
  void add_sizes();
};

std::vector<std::string> numbered(const std::string& name, std::size_t count) {
  std::vector<std::string> texts;
  for (std::size_t d = 0; d < count; ++d) texts.push_back(name + std::to_string(d));
  return texts;
}

Matmul::Matmul(const KernelGraph& graph, std::size_t k, std::span<const Strides* const> strides)
    : kernel(graph.kernels[k]),
      entry("k" + std::to_string(k)),
      type(type_name(kernel.code[2].dtype)),
      batch_dims(kernel.space.size() - 3),
      rows(kernel.space[batch_dims]),
      depth(kernel.space[batch_dims + 1]),
      columns(kernel.space[batch_dims + 2]),
      row_tiles((rows + tile - 1) / tile),
      column_tiles((columns + tile - 1) / tile),
      tiles(row_tiles * column_tiles),
      indices(numbered("b", batch_dims)),
      lengths(numbered("k.batches", batch_dims)),
      offsets("at", indices) {
  for (std::size_t d = 0; d < batch_dims; ++d) tiles *= kernel.space[d];
  for (std::size_t i = 0; i < 3; ++i) add_operand(graph, i, strides);
  add_sizes();
}

void Matmul::add_operand(const KernelGraph& graph, std::size_t i, std::span<const Strides* const> strides) {
  constexpr std::size_t row_dim[] = {0, 1, 0}, column_dim[] = {1, 2, 2};  // of rows, depth, columns
  const Instr& instr = kernel.code[i];
  const KernelStrides place = kernel_strides(graph, kernel, instr, strides);
  Dims batch;
  for (std::size_t d = 0; d < batch_dims; ++d) batch.push_back(place.strides[d]);
  offset_of[i] = offsets.add(batch);
  const std::string name = names[i];
  parameters.add_pointer(
      (i < 2 ? "const " : "") + type, name,
      {0, instr.buffer, place.origin * static_cast<std::int64_t>(byte_width(kernel.code[2].dtype))},
      "  // " + buffer_name(graph, instr.buffer));
  parameters.add_number(name + "_row", place.strides[batch_dims + row_dim[i]]);
  parameters.add_number(name + "_column", place.strides[batch_dims + column_dim[i]]);
}

void Matmul::add_sizes() {
  parameters.add_number("rows", rows);
  parameters.add_number("depth", depth);
  parameters.add_number("columns", columns);
  parameters.add_number("tiles", tiles);
  parameters.add_number("row_tiles", row_tiles);
  parameters.add_number("column_tiles", column_tiles);
  for (std::size_t d = 1; d < batch_dims; ++d) parameters.add_number(lengths[d].substr(2), kernel.space[d]);
  offsets.add_parameters(parameters);
}

std::string text_of(const KernelGraph& graph, const Matmul& m) {
  const std::string sum(sum_type(m.kernel.code[2].dtype));
  Code code;
  code.line("// " + m.entry + ": matmul");
  m.parameters.declare(code, parameters_name(m.entry));
  code.line("");
  code.open(signature(m.entry, "__launch_bounds__(" + std::to_string(threads) + ", 1)"));
  code.line("SHARED(MatmulMemory<" + sum + ">, memory);");
  code.open("for (i64 tile = blockIdx.x; tile < k.tiles; tile += gridDim.x)");
  code.line("i64 rest = tile;");
  code.line("const i64 column = next_index(rest, k.column_tiles) * matmul_tile;");
  code.line("const i64 row = next_index(rest, k.row_tiles) * matmul_tile;");
  if (m.batch_dims > 0) declare_indices(code, m.indices, m.lengths);
  for (int o = 0; o < static_cast<int>(m.offsets.size()); ++o)
    code.line("const i64 " + m.offsets.name(o) + " = " + m.offsets.sum(o) + ";");
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string name = names[i];
    code.line("const Matrix<" + std::string(i < 2 ? "const " : "") + m.type + "> " + name + "{k." + name +
              " + " + m.offsets.name(m.offset_of[i]) + ", k." + name + "_row, k." + name + "_column};");
  }
  code.line("multiply(memory, a, b, c, {k.rows, k.depth, k.columns}, row, column);" +
            node_comment(graph, m.kernel.code[2]));
  code.close();
  code.close();
  return code.text();
}

}  // namespace

KernelLaunches lower_matmul(const KernelGraph& graph, std::size_t k, std::span<const Strides* const> strides,
                            const Target& target) {
  const Matmul matmul(graph, k, strides);
  if (matmul.tiles == 0) return {};
  Launch launch;
  launch.source = std::make_shared<const Source>(Source{text_of(graph, matmul), matmul.entry, threads});
  launch.grid[0] = static_cast<std::uint32_t>(
      std::min(matmul.tiles, std::int64_t{target.multiprocessors} * blocks_per_multiprocessor));
  launch.block[0] = threads;
  matmul.parameters.fill(launch);
  KernelLaunches result;
  result.launches.push_back(std::move(launch));
  return result;
}

}  // namespace accrue::gpu
