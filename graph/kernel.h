// Fused kernels and the buffers between them: what fusion makes of a graph, and all that a backend reads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace accrue {

/// How a loop nest reaches into a buffer: views vanish here. The buffer's elements, row-major, are read as
/// shape `view`; the index along view dim v is start[v] + step[v] * (the kernel's index along dim[v]).
struct Access {
  Shape view;
  Dims start;
  Dims step;  // 0 where no kernel dim drives the view dim
  Dims dim;   // a kernel dim, or -1; a kernel dim drives at most one view dim, or none (broadcast)

  friend bool operator==(const Access&, const Access&) = default;
};

/// A value's whole extent read in place: view dim d is driven by kernel dim d.
Access identity_access(const Shape& shape);

struct Instr {
  enum class Op : std::uint8_t { load, constant, iota, map, cast, scan, reduce, store };
  Op op = Op::load;
  DType dtype = DType::float32;  // of the result; of a store: of what is stored
  Fn fn{};                       // map
  Fold fold{};                   // scan, reduce: arguments are converted to fold_dtype() first
  bool exclusive = false;        // scan

  /// The value is the same all along the axis: there is one for each (outer, inner). A reduce's result, what
  /// is computed of it, and loads that the axis does not drive.
  bool row = false;

  /// The pass over the axis that computes the value; a row value is computed before that pass begins. A
  /// reduce's result can be read from the next phase on.
  int phase = 0;

  std::int32_t buffer = -1;              // load, store
  SmallVector<std::int32_t, 3> args;     // earlier instructions
  std::shared_ptr<const Access> access;  // load, store; iota: element i is the row-major i-th of the view
  std::uint64_t bits = 0;                // constant, iota: as in Node
  std::uint64_t step_bits = 0;           // iota
  NodeId node = no_node;                 // the graph node behind it
};

/// One loop nest over outer x axis x inner, or one call of a library (matmul).
struct Kernel {
  enum class Kind : std::uint8_t {
    loop,
    matmul  // space: batch dims, n, k, m; code: load a, load b, store
  };
  Kind kind = Kind::loop;
  Shape space;  // outer dims, axis dims, inner dims
  int axis_begin =
      0;  // the axis is space[axis_begin .. axis_end), flattened row-major; none where they are equal
  int axis_end = 0;
  bool reverse = false;  // the axis is run from its far end: element 0 of each scan is the last one
  std::vector<Instr> code;
  std::string reason;  // why these nodes share a kernel

  bool has_axis() const { return axis_begin != axis_end; }
  int phases() const;  // passes over the axis
  std::int64_t outer() const;
  std::int64_t axis() const;
  std::int64_t inner() const;
};

struct Buffer {
  enum class Kind : std::uint8_t { input, constant, temporary, output };
  Kind kind = Kind::temporary;
  NodeId node = no_node;
  DType dtype = DType::float32;
  Shape shape;
  std::string name;  // input: the input's; output: the output's; an out binding: "out of %node"

  std::size_t bytes() const { return static_cast<std::size_t>(elements(shape)) * byte_width(dtype); }
};

struct NotFused {
  NodeId node;
  std::string reason;
};

struct KernelGraph {
  std::shared_ptr<const Arena> graph;
  std::vector<Buffer> buffers;  // first the graph's inputs in their order
  std::vector<Kernel> kernels;  // in an order that runs
  std::vector<int> outputs;     // buffer of each output of the graph, then of each out binding
  std::vector<NotFused> not_fused;
};

/// Groups a graph's nodes into kernels.
///   expects     a verified graph with outputs; what no output needs is grouped all the same (drop_dead comes
///               first)
///   guarantees  the outputs' bits; every node that is needed is computed; one kernel for a scan with any
///               prologue of maps and casts; a reason for every place where two nodes could have shared a
///               kernel and do not
///   never       changes the order of a rounding fold, or computes anything but the graph's own nodes
/// With fuse_nodes off, every node has a kernel of its own (views are still folded into its loads).
KernelGraph fuse(std::shared_ptr<const Arena> graph, bool fuse_nodes = true);

/// The element type a scan or reduce converts its arguments to first: the result's, or (argmax, argmin)
/// theirs.
DType fold_dtype(const Instr& instr, DType argument);

/// How many elements a load or store of the kernel reaches, each counted once.
std::int64_t elements_reached(const Kernel& kernel, const Access& access);

/// The bytes that a kernel reads and writes; each distinct byte of a buffer counts once.
struct Traffic {
  std::int64_t read = 0;
  std::int64_t written = 0;
};
Traffic traffic(const KernelGraph& graph, const Kernel& kernel);

/// Throws InternalError, with the kernels' text, where an invariant above does not hold.
void verify(const KernelGraph& graph);

/// The kernels as text, with every reason.
std::string print(const KernelGraph& graph);

}  // namespace accrue
