// accrue bench: how long a compiled program takes, beside a copy of the same bytes.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

#include "src/cli/arguments.h"
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/cli/output.h"
#include "src/cli/progress.h"
#include "src/cli/script_file.h"
#include "src/options.h"
#include "src/program.h"
#include "src/tensor_copy.h"

namespace accrue::cli {
namespace {

struct BenchArguments : Arguments {
  int repeat = 20;
};

constexpr int copy_repeats = 9;
constexpr std::size_t bytes_per_copying_thread = std::size_t{1}
                                                 << 20;  // below, starting one costs more than it saves

template <class Work>
double median_seconds(int repeats, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  std::sort(seconds.begin(), seconds.end());
  const std::size_t middle = seconds.size() / 2;
  return seconds.size() % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
}

void copy_in_parallel(std::byte* to, const std::byte* from, std::size_t bytes, std::size_t threads) {
  std::vector<std::thread> others;
  const std::size_t share = bytes / threads;
  for (std::size_t i = 1; i < threads; ++i)
    others.emplace_back(
        [=] { std::memcpy(to + i * share, from + i * share, i + 1 < threads ? share : bytes - i * share); });
  std::memcpy(to, from, threads > 1 ? share : bytes);
  for (std::thread& other : others) other.join();
}

// Reads half of the bytes and writes the other half, on as many threads as the program may use, or on its
// GPU.
double copy_seconds(std::size_t bytes, Device device, int threads) {
  const auto half = static_cast<std::int64_t>(std::max<std::size_t>(bytes / 2, 1));
  const Tensor from = Tensor::zeros(uint8, {half}, device);
  Tensor to = Tensor::zeros(uint8, {half}, device);
  if (device.kind == Device::Kind::cuda)
    return median_seconds(copy_repeats, [&] {
      copy_elements(from, to);
      synchronize(device);
    });
  const std::size_t useful = from.bytes() / bytes_per_copying_thread;
  const std::size_t workers = std::clamp<std::size_t>(useful, 1, static_cast<std::size_t>(threads));
  return median_seconds(copy_repeats, [&] {
    copy_in_parallel(static_cast<std::byte*>(to.data()), static_cast<const std::byte*>(from.data()),
                     from.bytes(), workers);
  });
}

int thread_count(const BenchArguments& arguments) {
  if (arguments.threads > 0) return arguments.threads;
  if (options().threads > 0) return options().threads;
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// Three significant digits, never an exponent.
std::string three_digits(double value) {
  char text[64];
  std::snprintf(text, sizeof text,
                value >= 100  ? "%.0f"
                : value >= 10 ? "%.1f"
                : value >= 1  ? "%.2f"
                              : "%.3f",
                value);
  return text;
}

// Of the largest input or output.
std::int64_t element_count(const Program& program) {
  std::int64_t most = 0;
  for (const Signature& s : program.inputs()) most = std::max(most, elements(s.shape));
  for (const Signature& s : program.outputs()) most = std::max(most, elements(s.shape));
  return most;
}

int bench(const BenchArguments& arguments) {
  const CompileOptions options = compile_options(arguments);
  const ScriptFile file = read_script(arguments);
  require_device_and_inputs(file, options.device);
  const Program program = compile(file.script.graph, file.script.outputs, options);
  const std::int64_t count = element_count(program);
  if (count == 0) throw UsageError("bench: every input and output of the script is empty");
  std::vector<NamedTensor> inputs = bound_inputs(file, program.inputs(), arguments.seed);
  for (NamedTensor& input : inputs) input.tensor = input.tensor.to(options.device);
  std::vector<NamedTensor> outs;
  for (const Signature& output : program.outputs())
    outs.push_back({output.name, Tensor::zeros(output.dtype, output.shape, options.device)});
  const Progress progress("bench");
  const double seconds = median_seconds(arguments.repeat, [&] {
    program.run(inputs, outs);
    synchronize(options.device);
  });
  const std::size_t bytes = program.memory().input_bytes + program.memory().output_bytes;
  const double copy = copy_seconds(bytes, options.device, thread_count(arguments));
  write_result("median " + three_digits(seconds * 1e9 / static_cast<double>(count)) + " ns/element, " +
               three_digits(static_cast<double>(bytes) * 1e-9 / seconds) + " GB/s, " +
               three_digits(copy / seconds) + " of copy\n");
  return done;
}

}  // namespace

void add_bench(CLI::App& app, Action& chosen) {
  CLI::App& command =
      *app.add_subcommand("bench", "Time a script's compiled program beside a copy of the same bytes");
  auto arguments = std::make_shared<BenchArguments>();
  add_script_options(command, *arguments);
  add_compile_options(command, *arguments);
  add_seed_option(command, *arguments);
  command.add_option("--repeat", arguments->repeat, "Runs that are timed")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  command.footer(
      "The copy reads and writes as many bytes as the inputs and outputs have. On a GPU, all tensors lie "
      "there.\n"
      "Example:\n  accrue bench model.acr --dim n=1000000 --repeat 50");
  command.callback([arguments, &chosen] { chosen = [arguments] { return bench(*arguments); }; });
}

}  // namespace accrue::cli
