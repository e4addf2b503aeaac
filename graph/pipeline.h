// The whole compiler, top to bottom: rewrite, fuse, plan.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/plan.h"
#include "graph/rewrite.h"

namespace accrue {

struct StageLog {
  std::string name;
  double seconds = 0;
  bool changed = false;
};

struct Pipeline {
  std::shared_ptr<const Arena> built;  // what the outputs need, as the user wrote it
  Plan plan;                           // plan.kernels.graph: the rewritten graph
  std::vector<StageLog> stages;
};

/// What CompileOptions::disable takes: the rewrites in their order, then "fusion".
std::vector<std::string_view> optional_stages();

/// The part of `graph` that the outputs need, as an arena of its own with its outputs set, and the out
/// bindings of its nodes. Inputs that nothing needs stay in it, for they are declared, unless `unused_inputs`
/// is false.
///   throws  Error: no outputs, a doubled name or one that is no identifier, values of another graph
Arena select(const Graph& graph, const std::vector<NamedExpr>& outputs, bool unused_inputs = true);

/// Runs every stage; verifies each where verify_stages is set.
///   throws  Error: a name in `disable` that is not among optional_stages(); it lists those there are
Pipeline run_pipeline(Arena built, const CompileOptions& options, bool verify_stages);

}  // namespace accrue
