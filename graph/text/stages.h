// The views of kernels and plans that programs read: JSON and Graphviz.
#pragma once

#include <string>
#include <vector>

#include "graph/pipeline.h"

namespace accrue {

/// Members of a JSON object, without its braces: "kernels" and "not_fused"; of a plan "slots" and "memory"
/// too; "stages".
std::string json_members(const KernelGraph& graph);
std::string json_members(const Plan& plan);
std::string json_members(const std::vector<StageLog>& stages);

/// Kernels as boxes, the buffers between them as ellipses; of a plan, with their slots.
std::string dot(const KernelGraph& graph);
std::string dot(const Plan& plan);

}  // namespace accrue
