// CUB's DeviceScan::InclusiveSum as a yardstick: answers the lines that peers.py answers, of one row. Compiled
// beforehand, where nvcc is found (run.sh).
#include <cuda_bf16.h>
#include <thrust/iterator/transform_iterator.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <cub/device/device_scan.cuh>

namespace {

void require(cudaError_t result) {
  if (result != cudaSuccess) throw std::runtime_error(cudaGetErrorString(result));
}

template <class T>
class Buffer {
 public:
  explicit Buffer(std::size_t elements) { require(cudaMalloc(&data_, elements * sizeof(T))); }
  ~Buffer() { cudaFree(data_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  T* get() const { return data_; }

 private:
  T* data_ = nullptr;
};

/// Numbers of mean 0, as peers.py has them.
template <class T>
__global__ void fill(T* x, long long n) {
  for (long long i = blockIdx.x * static_cast<long long>(blockDim.x) + threadIdx.x; i < n;
       i += static_cast<long long>(gridDim.x) * blockDim.x)
    x[i] = static_cast<T>(static_cast<float>(i * 7919 % 1024 - 512) / 256);
}

template <class Out>
struct Convert {
  template <class In>
  __host__ __device__ Out operator()(In x) const {
    return static_cast<Out>(x);
  }
};

/// A case, prepared.
struct Scan {
  virtual ~Scan() = default;
  virtual void run(std::size_t i) = 0;
};

template <class In, class Out>
class ScanOf : public Scan {
 public:
  ScanOf(long long elements, int buffers) : elements_(elements) {
    for (int i = 0; i < buffers; ++i) {
      x_.push_back(std::make_unique<Buffer<In>>(elements));
      y_.push_back(std::make_unique<Buffer<Out>>(elements));
      fill<<<1024, 256>>>(x_.back()->get(), elements);
    }
    require(cudaGetLastError());
    scan(nullptr, 0);
    scratch_ = std::make_unique<Buffer<char>>(scratch_bytes_);
  }
  void run(std::size_t i) override { scan(scratch_->get(), i % x_.size()); }

 private:
  void scan(void* scratch, std::size_t i) {
    const auto in = thrust::make_transform_iterator(static_cast<const In*>(x_[i]->get()), Convert<Out>());
    if constexpr (std::is_same_v<In, Out>)
      require(cub::DeviceScan::InclusiveSum(scratch, scratch_bytes_, x_[i]->get(), y_[i]->get(), elements_));
    else
      require(cub::DeviceScan::InclusiveSum(scratch, scratch_bytes_, in, y_[i]->get(), elements_));
  }

  long long elements_;
  std::vector<std::unique_ptr<Buffer<In>>> x_;
  std::vector<std::unique_ptr<Buffer<Out>>> y_;
  std::size_t scratch_bytes_ = 0;
  std::unique_ptr<Buffer<char>> scratch_;
};

struct Question {
  std::string dtype, result, shape;
  int dim = 0, buffers = 0, runs = 0;
};

std::unique_ptr<Scan> prepare(const Question& q) {
  if (q.shape.find('x') != std::string::npos) throw std::runtime_error("one row only");
  const long long elements = std::stoll(q.shape);
  const std::string types = q.dtype + " " + q.result;
  if (types == "float32 float32") return std::make_unique<ScanOf<float, float>>(elements, q.buffers);
  if (types == "bfloat16 float32") return std::make_unique<ScanOf<__nv_bfloat16, float>>(elements, q.buffers);
  if (types == "float64 float64") return std::make_unique<ScanOf<double, double>>(elements, q.buffers);
  if (types == "int64 int64") return std::make_unique<ScanOf<long long, long long>>(elements, q.buffers);
  throw std::runtime_error("not of " + types);
}

double seconds(Scan& scan, int runs) {
  require(cudaDeviceSynchronize());
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < runs; ++i) scan.run(i);
  require(cudaDeviceSynchronize());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / runs;
}

}  // namespace

int main() {
  int count = 0;
  if (const cudaError_t result = cudaGetDeviceCount(&count); result != cudaSuccess || count == 0) {
    std::cout << "CUB finds no GPU: " << cudaGetErrorString(result) << std::endl;
    return 0;
  }
  std::cout << "ready: CUB " << CUB_MAJOR_VERSION << "." << CUB_MINOR_VERSION << ", DeviceScan" << std::endl;
  std::string prepared;
  std::unique_ptr<Scan> scan;
  for (std::string line; std::getline(std::cin, line);) {
    try {
      Question q;
      std::istringstream(line) >> q.dtype >> q.result >> q.shape >> q.dim >> q.buffers >> q.runs;
      if (line != prepared) {
        prepared = line;
        scan.reset();
        scan = prepare(q);
        seconds(*scan, q.buffers);
      }
      if (scan == nullptr) throw std::runtime_error("not prepared");
      std::printf("%.9g\n", seconds(*scan, q.runs));
    } catch (const std::exception& e) {
      std::printf("- %s\n", e.what());
    }
    std::fflush(stdout);
  }
}
