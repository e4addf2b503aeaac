// The fake libcuda: modules, which are shared objects that the fake NVRTC has made, launches and graphs.
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "tests/cuda/emulator.h"
#include "tests/cuda/fake/image.h"
#include "tests/cuda/fake/machine.h"
#include "tests/support/temporary_folder.h"

using namespace accrue::gpu;
using namespace accrue::fake;

namespace accrue::gpu {

struct FunctionObject {
  ModuleObject* module;
  accrue::test::EmulatedKernel run;
  std::size_t parameter_bytes;
  std::size_t dynamic_shared_bytes = std::size_t{48} << 10;  // at most
};

struct ModuleObject {
  void* library;
  int under_way = 0;  // launches that are not done
  std::map<std::string, FunctionObject> functions;
};

struct GraphNodeObject {
  std::function<Result(Stream)> enqueue;
};

struct GraphObject {
  std::deque<GraphNodeObject> nodes;  // each after those it waits for
};

struct GraphExecObject {
  GraphObject* graph;  // whose nodes name those of the copy
  std::vector<GraphNodeObject> nodes;
  int under_way = 0;  // launches that are not done
};

}  // namespace accrue::gpu

namespace {

constexpr Result invalid_image = 200, not_found = 500;

// The object as a file, which dlopen needs. It knows a library by its name, so each has a folder of its own.
void* open_object(const char* image) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, image + image_magic.size(), sizeof bytes);
  const accrue::test::TemporaryFolder folder;
  const std::string file = folder.file("kernels.so");
  accrue::test::write_bytes(file, std::string(image + image_header_bytes, bytes));
  return dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
}

bool within_limits(const FunctionObject& function, const std::array<unsigned, 3>& grid,
                   const std::array<unsigned, 3>& block, unsigned dynamic_shared_bytes) {
  constexpr std::uint64_t most_threads = 1024;
  const std::uint64_t threads = std::uint64_t{block[0]} * block[1] * block[2];
  return grid[0] > 0 && grid[1] > 0 && grid[2] > 0 && grid[0] <= 0x7FFFFFFF && grid[1] <= 0xFFFF &&
         grid[2] <= 0xFFFF && threads > 0 && threads <= most_threads && block[2] <= 64 &&
         dynamic_shared_bytes <= function.dynamic_shared_bytes;
}

Result crash() {
  int& before = machine().controls.launches_before_crash;
  return before >= 0 && before-- == 0 ? Result{launch_failed} : success;
}

Result run(accrue::test::EmulatedKernel kernel, const std::array<unsigned, 3>& grid,
           const std::array<unsigned, 3>& block, const void* parameters) {
  try {
    accrue::test::run_emulated(kernel, grid, block, parameters);
  } catch (const accrue::test::EmulatorError& e) {
    std::cerr << "fake GPU: " << e.what() << "\n";
    return launch_failed;
  }
  return success;
}

Result launch(Function function, std::array<unsigned, 3> grid, std::array<unsigned, 3> block,
              unsigned dynamic_shared_bytes, Stream stream, void** parameters) {
  if (!within_limits(*function, grid, block, dynamic_shared_bytes)) return invalid_value;
  const auto* const first = static_cast<const std::byte*>(parameters[0]);
  // Copied now, as a driver does: the caller's may be gone when the kernel runs.
  auto copy = std::make_shared<std::vector<std::byte>>(first, first + function->parameter_bytes);
  ++machine().controls.counts.launches;
  ++function->module->under_way;
  stream->work.push_back({[=] {
                            --function->module->under_way;
                            if (stream->gpu->sticky != success) return stream->gpu->sticky;
                            if (const Result crashed = crash(); crashed != success) return crashed;
                            return run(function->run, grid, block, copy->data());
                          },
                          true});
  return success;
}

}  // namespace

FAKE_EXPORT Result cuModuleLoadDataEx(Module* module, const void* image, unsigned, int*, void**) {
  return on_gpu([&](ContextObject&) {
    if (std::memcmp(image, image_magic.data(), image_magic.size()) != 0) return invalid_image;
    if (const Result failed = machine().make(); failed != success) return failed;
    void* const library = open_object(static_cast<const char*>(image));
    if (library == nullptr) return invalid_image;
    *module = new ModuleObject{library, 0, {}};
    ++machine().controls.live.modules;
    return success;
  });
}
FAKE_EXPORT Result cuModuleUnload(Module module) {
  const std::lock_guard lock(machine().mutex);
  if (module->under_way > 0) std::abort();
  dlclose(module->library);
  delete module;
  --machine().controls.live.modules;
  return success;
}
FAKE_EXPORT Result cuModuleGetFunction(Function* function, Module module, const char* name) {
  return on_gpu([&](ContextObject&) {
    void* const run = dlsym(module->library, name);
    const void* const bytes = dlsym(module->library, (parameter_bytes_prefix + name).c_str());
    if (run == nullptr || bytes == nullptr) return not_found;
    *function = &module->functions[name];
    **function = {module, reinterpret_cast<accrue::test::EmulatedKernel>(run),
                  *static_cast<const std::size_t*>(bytes)};
    return success;
  });
}
FAKE_EXPORT Result cuFuncSetAttribute(Function function, int attribute, int value) {
  return on_gpu([&](ContextObject&) -> Result {
    if (attribute != dynamic_shared_bytes_attribute || value > (227 << 10)) return invalid_value;
    function->dynamic_shared_bytes = static_cast<std::size_t>(value);
    return success;
  });
}
FAKE_EXPORT Result cuLaunchKernel(Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                                  unsigned block_x, unsigned block_y, unsigned block_z,
                                  unsigned dynamic_shared_bytes, Stream stream, void** parameters, void**) {
  const Result result = on_gpu([&](ContextObject&) {
    return launch(function, {grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, dynamic_shared_bytes,
                  stream, parameters);
  });
  std::this_thread::sleep_for(std::chrono::microseconds(machine().controls.launch_microseconds));
  return result;
}

// ------------------------------------------------------------------------------------------------ graphs

FAKE_EXPORT Result cuGraphCreate(Graph* graph, unsigned) {
  return on_gpu([&](ContextObject&) {
    if (const Result failed = machine().make(); failed != success) return failed;
    *graph = new GraphObject;
    ++machine().controls.live.graphs;
    return success;
  });
}
FAKE_EXPORT Result cuGraphDestroy(Graph graph) {
  const std::lock_guard lock(machine().mutex);
  delete graph;
  --machine().controls.live.graphs;
  return success;
}

namespace {

// Work runs in the order in which it was added, so all that came before has to be waited for.
Result add_node(GraphNode* node, Graph graph, const GraphNode* after, std::size_t after_count,
                std::function<Result(Stream)> enqueue) {
  if (const Result failed = machine().make(); failed != success) return failed;
  const bool waits_for_last =
      graph->nodes.empty() ? after_count == 0 : after_count == 1 && *after == &graph->nodes.back();
  if (!waits_for_last) return invalid_value;
  *node = &graph->nodes.emplace_back(GraphNodeObject{std::move(enqueue)});
  return success;
}

// A launch, or nothing where it is beyond the limits.
GraphNodeObject node_of(const KernelNode& kernel) {
  const std::array<unsigned, 3> grid = {kernel.grid[0], kernel.grid[1], kernel.grid[2]};
  const std::array<unsigned, 3> block = {kernel.block[0], kernel.block[1], kernel.block[2]};
  if (!within_limits(*kernel.function, grid, block, kernel.dynamic_shared_bytes)) return {};
  const auto* const first = static_cast<const std::byte*>(kernel.parameters[0]);
  const std::vector<std::byte> parameters(first, first + kernel.function->parameter_bytes);
  return {[=, function = kernel.function, shared = kernel.dynamic_shared_bytes](Stream stream) {
    void* all[] = {const_cast<std::byte*>(parameters.data())};
    return launch(function, grid, block, shared, stream, all);
  }};
}

}  // namespace

FAKE_EXPORT Result cuGraphAddMemsetNode(GraphNode* node, Graph graph, const GraphNode* after,
                                        std::size_t after_count, const MemsetNode* memset, Context) {
  return on_gpu([&](ContextObject&) -> Result {
    if (memset->height != 1 || memset->width == 0) return invalid_value;
    return add_node(node, graph, after, after_count, [set = *memset](Stream stream) {
      const std::size_t bytes = set.element_bytes * set.width;
      ++machine().controls.counts.memsets;
      stream->work.push_back({[=] {
        if (!machine().holds(*stream->gpu, set.to, bytes)) return Result{illegal_address};
        std::memset(reinterpret_cast<void*>(set.to), static_cast<int>(set.value), bytes);
        return success;
      }});
      return success;
    });
  });
}
FAKE_EXPORT Result cuGraphAddKernelNode_v2(GraphNode* node, Graph graph, const GraphNode* after,
                                           std::size_t after_count, const KernelNode* kernel) {
  return on_gpu([&](ContextObject&) -> Result {
    const GraphNodeObject made = node_of(*kernel);
    return made.enqueue ? add_node(node, graph, after, after_count, made.enqueue) : Result{invalid_value};
  });
}
FAKE_EXPORT Result cuGraphExecKernelNodeSetParams_v2(GraphExec exec, GraphNode node,
                                                     const KernelNode* kernel) {
  return on_gpu([&](ContextObject&) -> Result {
    const auto& nodes = exec->graph->nodes;
    const auto found =
        std::find_if(nodes.begin(), nodes.end(), [&](const GraphNodeObject& one) { return &one == node; });
    GraphNodeObject made = node_of(*kernel);
    if (found == nodes.end() || !made.enqueue) return invalid_value;
    ++machine().controls.counts.graph_changes;
    exec->nodes[static_cast<std::size_t>(found - nodes.begin())] = std::move(made);
    return success;
  });
}
FAKE_EXPORT Result cuGraphAddChildGraphNode(GraphNode* node, Graph graph, const GraphNode* after,
                                            std::size_t after_count, Graph child) {
  return on_gpu([&](ContextObject&) {
    return add_node(node, graph, after, after_count, [nodes = child->nodes](Stream stream) {
      for (const GraphNodeObject& one : nodes)
        if (const Result failed = one.enqueue(stream); failed != success) return failed;
      return success;
    });
  });
}
FAKE_EXPORT Result cuGraphInstantiateWithFlags(GraphExec* exec, Graph graph, unsigned long long) {
  return on_gpu([&](ContextObject&) {
    if (const Result failed = machine().make(); failed != success) return failed;
    *exec = new GraphExecObject{graph, {graph->nodes.begin(), graph->nodes.end()}};
    ++machine().controls.live.graph_execs;
    return success;
  });
}
FAKE_EXPORT Result cuGraphExecDestroy(GraphExec exec) {
  const std::lock_guard lock(machine().mutex);
  if (exec->under_way > 0) std::abort();
  delete exec;
  --machine().controls.live.graph_execs;
  return success;
}
FAKE_EXPORT Result cuGraphLaunch(GraphExec exec, Stream stream) {
  return on_gpu([&](ContextObject&) -> Result {
    ++machine().controls.counts.graph_launches;
    for (const GraphNodeObject& node : exec->nodes)
      if (const Result failed = node.enqueue(stream); failed != success) return failed;
    ++exec->under_way;
    const auto finish = [exec] {
      --exec->under_way;
      return success;
    };
    stream->work.push_back({finish, true});
    return success;
  });
}

// ------------------------------------------------------------------------------------------------ recording

FAKE_EXPORT Result cuStreamBeginCapture_v2(Stream stream, int mode) {
  return on_gpu([&](ContextObject&) -> Result {
    if (mode != capture_of_this_thread || stream->recording != nullptr) return invalid_value;
    if (const Result failed = machine().make(); failed != success) return failed;
    stream->recording = new GraphObject;
    ++machine().controls.live.graphs;
    return success;
  });
}
FAKE_EXPORT Result cuStreamEndCapture(Stream stream, Graph* graph) {
  const std::lock_guard lock(machine().mutex);
  *graph = std::exchange(stream->recording, nullptr);
  return *graph == nullptr ? Result{invalid_value} : success;
}

FAKE_EXPORT void fake_cuda_enqueue(Stream stream, std::function<Result()> work) {
  const std::lock_guard lock(machine().mutex);
  if (stream->recording == nullptr) {
    stream->work.push_back({std::move(work)});
    return;
  }
  stream->recording->nodes.push_back({[work = std::move(work)](Stream into) {
    into->work.push_back({work});
    return success;
  }});
}
FAKE_EXPORT bool fake_cuda_holds(Stream stream, Address address, std::size_t bytes) {
  return machine().holds(*stream->gpu, address, bytes);
}
FAKE_EXPORT const void* fake_cuda_current() {
  return context_stack().empty() ? nullptr : context_stack().back();
}
