// What a Program holds: the stages it came from, and the plan made ready to run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/pipeline.h"
#include "src/backend.h"
#include "src/binding.h"
#include "src/scratch.h"

namespace accrue {

class Program::Impl {
 public:
  /// `checked`: canaries around the slots of temporaries, looked at after each kernel.
  Impl(std::shared_ptr<const Arena> built, std::shared_ptr<const Plan> plan, std::vector<StageLog> stages,
       std::unique_ptr<const Executable> executable, bool checked);

  Tensors run(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs, RunStats* stats) const;
  std::string dump() const;

  class Call;  // the program on tensors that have been checked

  const std::shared_ptr<const Arena>& built() const { return built_; }
  const Plan& plan() const { return *plan_; }
  const std::vector<StageLog>& stages() const { return stages_; }
  const Binder& binder() const { return binder_; }

 private:
  std::shared_ptr<const Arena> built_;
  std::shared_ptr<const Plan> plan_;
  std::vector<StageLog> stages_;
  std::unique_ptr<const Executable> executable_;
  Binder binder_;
  mutable ScratchPool scratch_;  // guards itself
};

class Program::Impl::Call {
 public:
  ///   throws  as Program::bind
  Call(const Impl& program, std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  ///   throws  as BoundProgram::run
  void run() const;

  const Tensors& results() const { return bound_.results; }
  Tensors take_results() { return std::move(bound_.results); }
  RunStats stats() const;

 private:
  [[noreturn]] void fail_within_kernels(const std::string& what) const;

  const Impl& program_;
  BoundRun bound_;
  const ScratchPool::Lease scratch_;
  AfterKernel after_kernel_;
  std::unique_ptr<const BoundExecutable> executable_;
};

class BoundProgram::Impl {
 public:
  Impl(std::shared_ptr<const Program::Impl> program, std::span<const NamedTensor> inputs,
       std::span<const NamedTensor> outs)
      : program_(std::move(program)), call_(*program_, inputs, outs) {}
  const Program::Impl::Call& call() const { return call_; }

 private:
  std::shared_ptr<const Program::Impl> program_;
  Program::Impl::Call call_;
};

/// Throws Error where the device is not there.
void require_device(Device device);

/// compile() of a graph that is selected already.
Program compile(Arena built, const CompileOptions& options);

/// The graph as its user wrote it, evaluated node by node: what Device::reference means.
std::unique_ptr<const Executable> lower_reference(const Arena& built, const Plan& plan);

}  // namespace accrue
