// What ACCRUE_CHECK=1 adds to a run: a kernel that strays from its slots is named, a dead value is gone.
#include <algorithm>

#include "accrue/ops.hpp"
#include "src/program.h"
#include "tests/support/catch.h"

namespace accrue {
namespace {

constexpr std::size_t count = 8;

// AddressSanitizer would see it first.
__attribute__((no_sanitize("address"))) void flip(std::byte& byte) { byte = ~byte; }

/// Three kernels with temporaries of two widths between them, so that none is written in place.
struct Stages {
  std::shared_ptr<const Arena> built;
  std::shared_ptr<const Plan> plan;
};
Stages three_kernels() {
  Graph g;
  const Expr narrow = g.input("x", float32, {count}) + 1;
  Pipeline pipeline =
      run_pipeline(select(g, {{"y", cast(narrow, float64) * 2}}), {.disable = {"fusion"}}, true);
  return {pipeline.built, std::make_shared<const Plan>(std::move(pipeline.plan))};
}

std::size_t buffer_of(const Plan& plan, DType dtype) {
  for (std::size_t b = 0; b < plan.kernels.buffers.size(); ++b)
    if (plan.kernels.buffers[b].kind == Buffer::Kind::temporary && plan.kernels.buffers[b].dtype == dtype)
      return b;
  throw InternalError("there is no such temporary");
}

/// The CPU's executable, and what a test wants to happen after each kernel, before anything is checked.
class Disturbed : public Executable {
 public:
  using Disturbance = std::function<void(std::size_t kernel, std::span<const BoundBuffer> buffers)>;
  Disturbed(const std::shared_ptr<const Plan>& plan, Disturbance disturbance)
      : cpu_(lower_cpu(plan, {})), disturbance_(std::move(disturbance)) {}
  std::unique_ptr<const BoundExecutable> bind(std::span<const BoundBuffer> buffers) const override {
    return std::make_unique<Bound>(cpu_->bind(buffers), buffers, disturbance_);
  }

 private:
  struct Bound : BoundExecutable {
    Bound(std::unique_ptr<const BoundExecutable> on_cpu, std::span<const BoundBuffer> all, Disturbance what)
        : cpu(std::move(on_cpu)), buffers(all), disturbance(std::move(what)) {}
    void run(const AfterKernel& after_kernel) const override {
      cpu->run([&](std::size_t kernel) {
        disturbance(kernel, buffers);
        if (after_kernel) after_kernel(kernel);
      });
    }

    std::unique_ptr<const BoundExecutable> cpu;
    std::span<const BoundBuffer> buffers;
    Disturbance disturbance;
  };

  std::unique_ptr<const Executable> cpu_;
  Disturbance disturbance_;
};

Tensor run_checked(const Stages& stages, Disturbed::Disturbance disturbance) {
  const Program::Impl program(stages.built, stages.plan, {},
                              std::make_unique<Disturbed>(stages.plan, std::move(disturbance)), true);
  const NamedTensor x{"x", Tensor::copy_of<float>({1, 2, 3, 4, 5, 6, 7, 8}, {count})};
  return program.run({&x, 1}, {}, nullptr)[0];
}

/// The message where, after `kernel`, the byte at `offset` from the float32 temporary has changed.
std::string message_of_stray(std::size_t kernel, std::ptrdiff_t offset) {
  const Stages stages = three_kernels();
  const std::size_t narrow = buffer_of(*stages.plan, DType::float32);
  try {
    run_checked(stages, [&](std::size_t k, std::span<const BoundBuffer> buffers) {
      if (k == kernel) flip(buffers[narrow].data[offset]);
    });
  } catch (const InternalError& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("a checked run that does not stray gives the values") {
  const Tensor y = run_checked(three_kernels(), [](auto...) {});
  CHECK(y.item<double>(0) == 4);
  CHECK(y.item<double>(7) == 18);
}

TEST_CASE("a kernel that writes outside its slots is named, whichever it is") {
  constexpr auto end = static_cast<std::ptrdiff_t>(count * sizeof(float));
  CHECK_THAT(message_of_stray(0, -1), ContainsSubstring("k0 wrote outside its slots, at byte 191"));
  CHECK_THAT(message_of_stray(1, -64), ContainsSubstring("k1 wrote outside its slots, at byte 128 "));
  CHECK_THAT(message_of_stray(2, end), ContainsSubstring("k2 wrote outside its slots, at byte 224"));
  CHECK_THAT(message_of_stray(2, end), ContainsSubstring("a fault of accrue's, not yours\nslot s0:"));
  CHECK(message_of_stray(1, 0) == "no error");
}

TEST_CASE("a checked run clears a slot before its value is there and after its last reader") {
  const Stages stages = three_kernels();
  const std::size_t narrow = buffer_of(*stages.plan, DType::float32),
                    wide = buffer_of(*stages.plan, DType::float64);
  const auto is_clear = [](const BoundBuffer& b, std::size_t bytes) {
    return std::all_of(b.data, b.data + bytes, [](std::byte byte) { return byte == std::byte{0xFF}; });
  };
  std::vector<std::vector<bool>> clear;  // by kernel: the narrow one, the wide one
  run_checked(stages, [&](std::size_t, std::span<const BoundBuffer> buffers) {
    clear.push_back({is_clear(buffers[narrow], count * 4), is_clear(buffers[wide], count * 8)});
  });
  CHECK(clear == std::vector<std::vector<bool>>{{false, true}, {false, false}, {true, false}});
}

}  // namespace accrue
