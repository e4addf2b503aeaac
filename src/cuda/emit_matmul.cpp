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

struct Operand {
  KernelStrides place;
  std::string name;
  int offset = 0;  // of its batch
};

}  // namespace

KernelLaunches lower_matmul(const KernelGraph& graph, std::size_t k, std::span<const Strides* const> strides,
                            const Target& target) {
  const Kernel& kernel = graph.kernels[k];
  const std::size_t batch_dims = kernel.space.size() - 3;
  const std::int64_t rows = kernel.space[batch_dims], depth = kernel.space[batch_dims + 1],
                     columns = kernel.space[batch_dims + 2];
  const std::int64_t row_tiles = (rows + tile - 1) / tile, column_tiles = (columns + tile - 1) / tile;
  std::int64_t tiles = row_tiles * column_tiles;
  std::vector<std::string> indices, lengths;
  for (std::size_t d = 0; d < batch_dims; ++d) {
    tiles *= kernel.space[d];
    indices.push_back("b" + std::to_string(d));
    lengths.push_back("k.batches" + std::to_string(d));
  }
  if (tiles == 0) return {};

  const std::string entry = "k" + std::to_string(k);
  const DType dtype = kernel.code[2].dtype;
  const std::string type(type_name(dtype)), sum(sum_type(dtype));
  Parameters parameters;
  Offsets offsets("at", indices);
  Operand operands[3];                                                    // a, b, c
  constexpr std::size_t row_dim[] = {0, 1, 0}, column_dim[] = {1, 2, 2};  // of the last three
  for (std::size_t i = 0; i < 3; ++i) {
    const Instr& instr = kernel.code[i];
    Operand& operand = operands[i];
    operand.place = kernel_strides(graph, kernel, instr, strides);
    operand.name = std::string(1, static_cast<char>('a' + i));
    Dims batch;
    for (std::size_t d = 0; d < batch_dims; ++d) batch.push_back(operand.place.strides[d]);
    operand.offset = offsets.add(batch);
    parameters.add_pointer(
        (i < 2 ? "const " : "") + type, operand.name,
        {0, instr.buffer, operand.place.origin * static_cast<std::int64_t>(byte_width(dtype))},
        "  // " + buffer_name(graph, instr.buffer));
    parameters.add_number(operand.name + "_row", operand.place.strides[batch_dims + row_dim[i]]);
    parameters.add_number(operand.name + "_column", operand.place.strides[batch_dims + column_dim[i]]);
  }
  parameters.add_number("rows", rows);
  parameters.add_number("depth", depth);
  parameters.add_number("columns", columns);
  parameters.add_number("tiles", tiles);
  parameters.add_number("row_tiles", row_tiles);
  parameters.add_number("column_tiles", column_tiles);
  for (std::size_t d = 1; d < batch_dims; ++d) parameters.add_number(lengths[d].substr(2), kernel.space[d]);
  offsets.add_parameters(parameters);

  Code code;
  code.line("// " + entry + ": matmul");
  parameters.declare(code, parameters_name(entry));
  code.line("");
  code.open(signature(entry, "__launch_bounds__(" + std::to_string(threads) + ", 1)"));
  code.line("SHARED(MatmulMemory<" + sum + ">, memory);");
  code.open("for (i64 tile = blockIdx.x; tile < k.tiles; tile += gridDim.x)");
  code.line("i64 rest = tile;");
  code.line("const i64 column = next_index(rest, k.column_tiles) * matmul_tile;");
  code.line("const i64 row = next_index(rest, k.row_tiles) * matmul_tile;");
  if (batch_dims > 0) declare_indices(code, indices, lengths);
  for (int o = 0; o < static_cast<int>(offsets.size()); ++o)
    code.line("const i64 " + offsets.name(o) + " = " + offsets.sum(o) + ";");
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string& name = operands[i].name;
    code.line("const Matrix<" + std::string(i < 2 ? "const " : "") + type + "> " + name + "{k." + name +
              " + " + offsets.name(operands[i].offset) + ", k." + name + "_row, k." + name + "_column};");
  }
  code.line("multiply(memory, a, b, c, {k.rows, k.depth, k.columns}, row, column);" +
            node_comment(graph, kernel.code[2]));
  code.close();
  code.close();

  Launch launch;
  launch.source = std::make_shared<const Source>(Source{code.text(), entry, threads});
  launch.grid[0] = static_cast<std::uint32_t>(
      std::min(tiles, std::int64_t{target.multiprocessors} * blocks_per_multiprocessor));
  launch.block[0] = threads;
  parameters.fill(launch);
  KernelLaunches result;
  result.launches.push_back(std::move(launch));
  return result;
}

}  // namespace accrue::gpu
