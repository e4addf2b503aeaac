#include "src/cuda/kernel_cache.h"

#include <chrono>

#include "src/cuda/disk_cache.h"
#include "src/options.h"

namespace accrue::gpu {
namespace {

bool is_ready(const auto& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

}  // namespace

LoadedKernel::LoadedKernel(Gpu& gpu, const Image& image, const std::string& entry)
    : gpu_(gpu), log_(image.log) {
  gpu.require_alive();
  const Entered here(gpu.context());
  Module module = nullptr;
  gpu.require(gpu.driver().load_module(&module, image.bytes.data(), 0, nullptr, nullptr), "loading a kernel");
  module_ = OwnedModule(gpu.context(), module);
  gpu.require(gpu.driver().module_function(&function_, module, entry.c_str()), "finding a kernel");
}

LoadedKernel::~LoadedKernel() {
  const Entered here(gpu_.context());
  gpu_.driver().synchronize_stream(gpu_.stream());
}

void LoadedKernel::allow_dynamic_shared(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  if (bytes <= allowed_shared_bytes_) return;
  const Entered here(gpu_.context());
  gpu_.require(gpu_.driver().set_function_attribute(function_, dynamic_shared_bytes_attribute,
                                                    static_cast<int>(bytes)),
               "giving a kernel " + std::to_string(bytes) + " bytes of shared memory");
  allowed_shared_bytes_ = bytes;
}

std::shared_ptr<const LoadedKernel> KernelCache::find(const Source& source) {
  std::promise<Kernel> promise;
  if (const auto of_another = claim(source, promise)) return of_another->get();
  try {
    const Kernel kernel = load(source);
    promise.set_value(kernel);
    return kernel;
  } catch (...) {
    const std::lock_guard lock(mutex_);
    kernels_.erase(source.text);
    promise.set_exception(std::current_exception());
    throw;
  }
}

// The kernel that another thread has loaded, or will; or nothing, and the promise is what others wait for.
std::optional<std::shared_future<KernelCache::Kernel>> KernelCache::claim(const Source& source,
                                                                          std::promise<Kernel>& promise) {
  const std::lock_guard lock(mutex_);
  if (const auto found = kernels_.find(source.text); found != kernels_.end()) return found->second;
  if (kernels_.size() >= most_idle) unload_idle();
  kernels_.emplace(source.text, promise.get_future().share());
  return std::nullopt;
}

void KernelCache::unload_idle() {
  std::erase_if(kernels_, [](const auto& entry) {
    return is_ready(entry.second) && entry.second.get().use_count() == 1;
  });
}

std::shared_ptr<const LoadedKernel> KernelCache::load(const Source& source) {
  return std::make_shared<const LoadedKernel>(gpu_, image_of(source), source.entry);
}

std::string KernelCache::key_of(const Nvrtc& compiler, const std::string& architecture,
                                const std::string& program) {
  std::string key = "NVRTC " + std::to_string(compiler.major()) + "." + std::to_string(compiler.minor()) +
                    " for " + architecture;
  for (const std::string& option : Nvrtc::options()) key += " " + option;
  return key + "\n" + program;
}

Image KernelCache::image_of(const Source& source) {
  const Nvrtc& compiler = nvrtc();
  const std::string architecture = compiler.architecture(gpu_.properties().sm);
  const std::string program = source.program();
  const std::string key = key_of(compiler, architecture, program);
  const DiskCache disk(options().cuda_cache, options().cuda_cache_bytes);
  if (auto image = disk.find(key)) return std::move(*image);
  Image image = compiler.compile(program, source.entry + ".cu", architecture);
  ++compiled_;
  disk.keep(key, image);
  return image;
}

}  // namespace accrue::gpu
