#include <cstring>

#include "graph/reference.h"
#include "graph/rewrite.h"
#include "src/program.h"
#include "src/strided_copy.h"

namespace accrue {
namespace {

class ReferenceExecutable : public Executable {
 public:
  // Nodes whose value an out receives become outputs behind the graph's own, as in a plan.
  ReferenceExecutable(const Arena& built, const Plan& plan)
      : graph_(drop_dead(built)), output_buffers_(plan.kernels.outputs) {
    for (std::size_t i = 0; i < graph_.outs.size(); ++i)
      graph_.outputs.push_back({"bound out " + std::to_string(i), graph_.outs[i].node});
  }

  std::unique_ptr<const BoundExecutable> bind(std::span<const BoundBuffer> buffers) const override {
    return std::make_unique<Bound>(*this, buffers);
  }

 private:
  // It has no kernels, and writes to no temporaries.
  struct Bound : BoundExecutable {
    Bound(const ReferenceExecutable& of, std::span<const BoundBuffer> on) : executable(of), buffers(on) {}
    void run(const AfterKernel&) const override { executable.run(buffers); }

    const ReferenceExecutable& executable;
    const std::span<const BoundBuffer> buffers;
  };

  void run(std::span<const BoundBuffer> buffers) const {
    std::map<std::string, Array> inputs;
    for (std::size_t i = 0; i < graph_.inputs().size(); ++i) {
      const Node& node = graph_[graph_.inputs()[i]];
      Array value(node.dtype, node.shape);
      copy_to_row_major(buffers[i].data, node.shape, buffers[i].strides, byte_width(node.dtype),
                        value.bytes.data());
      inputs.emplace(node.name, std::move(value));
    }
    const std::vector<Array> values = evaluate(graph_, inputs);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const BoundBuffer& to = buffers[static_cast<std::size_t>(output_buffers_[i])];
      copy_from_row_major(values[i].bytes.data(), values[i].shape, to.strides, byte_width(values[i].dtype),
                          to.data);
    }
  }

  Arena graph_;
  std::vector<int> output_buffers_;
};

}  // namespace

std::unique_ptr<const Executable> lower_reference(const Arena& built, const Plan& plan) {
  return std::make_unique<ReferenceExecutable>(built, plan);
}

}  // namespace accrue
