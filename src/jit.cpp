#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "accrue/compile.hpp"
#include "graph/graph.h"

namespace accrue::detail {
namespace {

std::string argument_name(std::size_t i) { return "arg" + std::to_string(i); }

std::string types_of(const std::vector<Tensor>& arguments) {
  std::string types;
  for (const Tensor& t : arguments) types += type_text(t.dtype(), t.shape()) + ";";
  return types;
}

Program compile_traced(const std::vector<Tensor>& arguments, const JitCache::Trace& trace,
                       const CompileOptions& options) {
  Graph graph("jit");
  std::vector<Expr> inputs;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    inputs.push_back(graph.input(argument_name(i), arguments[i].dtype(), arguments[i].shape()));
  std::vector<NamedExpr> outputs;
  for (const Expr& value : trace(inputs)) outputs.push_back({"out" + std::to_string(outputs.size()), value});
  return compile(graph, outputs, options);
}

}  // namespace

struct JitCache::State {
  struct Entry {
    std::string types;
    Program program;
  };
  CompileOptions options;
  std::size_t capacity;
  std::mutex mutex;
  std::list<Entry> entries;  // the last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_types;

  std::optional<Program> find(const std::string& types) {
    const std::lock_guard lock(mutex);
    const auto found = by_types.find(types);
    if (found == by_types.end()) return std::nullopt;
    entries.splice(entries.begin(), entries, found->second);
    return found->second->program;
  }

  // Another thread may have kept a program for these types meanwhile: then that one stays.
  void keep(const std::string& types, const Program& program) {
    const std::lock_guard lock(mutex);
    if (capacity == 0 || by_types.contains(types)) return;
    if (entries.size() == capacity) {
      by_types.erase(entries.back().types);
      entries.pop_back();
    }
    entries.push_front({types, program});
    by_types.emplace(entries.front().types, entries.begin());
  }
};

JitCache::JitCache(CompileOptions options, std::size_t capacity) : state_(std::make_shared<State>()) {
  state_->options = std::move(options);
  state_->capacity = capacity;
}

std::vector<Tensor> JitCache::run(const std::vector<Tensor>& arguments, const Trace& trace) const {
  for (std::size_t i = 0; i < arguments.size(); ++i)
    if (!arguments[i]) throw Error("jit: argument " + std::to_string(i) + " is an empty tensor");
  const std::string types = types_of(arguments);
  std::optional<Program> program = state_->find(types);
  if (!program) {  // compiled outside the lock: calls with other types go on meanwhile
    program = compile_traced(arguments, trace, state_->options);
    state_->keep(types, *program);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < arguments.size(); ++i) names.push_back(argument_name(i));
  std::vector<NamedTensor> inputs;
  for (std::size_t i = 0; i < arguments.size(); ++i) inputs.push_back({names[i], arguments[i]});
  std::vector<Tensor> results;
  for (const auto& [name, tensor] : program->run(inputs)) results.push_back(tensor);
  return results;
}

std::size_t JitCache::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->entries.size();
}

}  // namespace accrue::detail
