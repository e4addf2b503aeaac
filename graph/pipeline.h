// The whole compiler, top to bottom: rewrite, fuse, plan.
#pragma once

#include <memory>
#include <string>
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

/// The part of `graph` that the outputs need, as an arena of its own with its outputs set.
///   throws  Error: no outputs, a doubled name or one that is no identifier, values of another graph
Arena select(const Graph& graph, const std::vector<NamedExpr>& outputs);

/// Runs every stage; verifies each where verify_stages is set.
///   throws  Error: a name in `disable` that is no rewrite and not "fusion"; it lists those there are
Pipeline run_pipeline(Arena built, const CompileOptions& options, bool verify_stages);

}  // namespace accrue
