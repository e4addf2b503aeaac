// Inputs and outputs: aligned to huge pages, the same values in C++ and in Python.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "accrue/tensor.hpp"
#include "tests/bench/cases.h"

namespace accrue::bench {

/// Memory aligned to 2 MiB, on huge pages where the system has them.
class HugeBuffer {
 public:
  explicit HugeBuffer(std::int64_t bytes);
  void* data() const { return data_.get(); }
  std::int64_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(void* block) const;
  };
  std::unique_ptr<void, Free> data_;
  std::int64_t bytes_;
};

/// The buffers of a group of cases. Cases whose input has the same dtype and range share it; all share one
/// output.
class Buffers {
 public:
  explicit Buffers(const std::vector<Case>& cases);
  const void* input(const Case& c) const;
  void* output() const { return output_.data(); }

  Tensor input_tensor(const Case& c) const { return Tensor::borrow(input(c), c.in, c.shape); }
  Tensor output_tensor(const Case& c) const {
    return Tensor::borrow(output(), c.out, c.out_count() == 1 && c.count() != 1 ? Shape{} : c.shape);
  }

 private:
  struct Input {
    DType dtype;
    double low;
    double high;
    HugeBuffer buffer;
  };
  std::vector<Input> inputs_;
  HugeBuffer output_;
};

/// 64 of the elements, the last one among them, in rows and columns of all kinds; all where there are fewer.
std::vector<double> probes(const void* data, DType dtype, std::int64_t count);

}  // namespace accrue::bench
