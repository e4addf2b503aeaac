#include "src/cuda/library.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>

namespace accrue::gpu {
namespace {

std::vector<std::string> candidates(const LibrarySearch& search) {
  if (!search.override_file.empty()) return {search.override_file};
  std::vector<std::string> files = search.names;
  for (const std::string& name : search.names)
    for (const std::string& folder : search.folders) files.push_back(folder + "/" + name);
  return files;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string not_found_text(const LibrarySearch& search) {
  if (!search.override_file.empty())
    return search.what + " was looked for where " + search.variable + " says, in " + search.override_file +
           ", which is not there";
  return search.what + " was not found: no " + joined(search.names) + " where the loader looks, nor in " +
         joined(search.folders) + "; " + search.variable + " may name the file";
}

std::string file_of(void* handle, const std::string& name) {
  const link_map* map = nullptr;
  return dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && *map->l_name != '\0' ? map->l_name : name;
}

}  // namespace

std::vector<std::string> toolkit_folders() {
  std::vector<std::string> folders = {"/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib64",
                                      "/opt/cuda/lib64"};
  for (const char* variable : {"CUDA_PATH", "CUDA_HOME"})
    if (const char* const folder = std::getenv(variable); folder != nullptr && *folder != '\0')
      folders.insert(folders.begin(), std::string(folder) + "/lib64");
  return folders;
}

void unavailable(const std::string& why) { throw Unavailable(why); }

Library::Library(const LibrarySearch& search) {
  std::string broken;  // why a file that is there is of no use
  for (const std::string& file : candidates(search)) {
    handle_ = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle_ != nullptr) {
      file_ = file_of(handle_, file);
      return;
    }
    const char* const reason = dlerror();
    if (broken.empty() && access(file.c_str(), F_OK) == 0) broken = reason;
  }
  if (broken.empty()) unavailable(not_found_text(search));
  unavailable(search.what + " could not be opened: " + broken + "; " + search.variable +
              " may name another file");
}

void* Library::address_of(const char* name, const char* needed) const {
  void* const address = dlsym(handle_, name);
  if (address == nullptr) unavailable(file_ + " has no " + name + "; " + needed + " is needed");
  return address;
}

}  // namespace accrue::gpu
