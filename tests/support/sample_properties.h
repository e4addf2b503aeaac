// What must hold of every graph with data. Each is empty where it holds of the sample, else says what does
// not.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tests/support/random_graphs.h"

namespace accrue::test {

using Property = std::function<std::string(const Sample&)>;

/// The CPU has the reference's bits. The value of a function that is not exactly rounded, or of a floating
/// matmul, is as near to the reference's of the same operands as promised; what is computed of it is again
/// what the reference computes, bit for bit.
std::string equals_reference(const Sample& sample);

/// 1, 2, 3 and 8 threads give the same bits.
std::string same_for_any_threads(const Sample& sample);

/// Every instruction set of this machine gives the same bits. Holds of exact functions.
std::string same_for_any_instruction_set(const Sample& sample);

/// The same bits without fusion, without each of the rewrites, and without all of these.
std::string same_without_any_stage(const Sample& sample);

/// Of a graph without dead nodes, a rewrite that may not change it, by its own word, makes the same graph.
std::string same_where_rewrites_are_skipped(const Sample& sample);

/// Inputs with any strides, donated ones too, and outs with any strides, some of them an input's own tensor,
/// on any instruction set: the same bits, and not a byte written beside the outs. Holds of exact functions.
std::string same_for_any_layout(const Sample& sample);

/// A run allocates what the plan says, and a second one with the outs of the first nothing at all.
std::string allocates_as_planned(const Sample& sample);

/// The graph printed and read back is the graph.
std::string reads_back(const Sample& sample);

/// Tries the samples of the seeds first .. first + count - 1. The first one of which the property does not
/// hold is made small and printed as a script with its seed.
///   returns  that text; empty where the property holds of all
std::string counterexample(const Property& property, std::uint64_t first, std::uint64_t count,
                           const std::function<Sample(std::uint64_t seed)>& sample_of);

}  // namespace accrue::test
