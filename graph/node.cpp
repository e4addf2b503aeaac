#include "graph/node.h"

#include <cstring>

namespace accrue {
namespace {

class Hash {
 public:
  void mix(std::uint64_t value) { state_ = (((state_ << 5) | (state_ >> 59)) ^ value) * 0x9e3779b97f4a7c15u; }
  template <class Values>
  void mix_all(const Values& values) {
    for (auto value : values) mix(static_cast<std::uint64_t>(value));
  }
  void mix_bytes(const std::vector<std::byte>& bytes) {
    std::size_t i = 0;
    for (; i + 8 <= bytes.size(); i += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes.data() + i, 8);
      mix(word);
    }
    for (; i < bytes.size(); ++i) mix(static_cast<std::uint64_t>(bytes[i]));
  }
  /// The low bits of a product depend on few of its factors' bits: the high ones are folded in.
  std::uint32_t value() const { return static_cast<std::uint32_t>(state_ ^ (state_ >> 32)); }

 private:
  std::uint64_t state_ = 0x243f6a8885a308d3u;
};

// The small fields in one word.
std::uint64_t packed(const Node& n) {
  std::uint64_t word = 0;
  for (int field : {static_cast<int>(n.kind), static_cast<int>(n.dtype), static_cast<int>(n.fn),
                    static_cast<int>(n.fold), static_cast<int>(n.view)})
    word = word << 8 | static_cast<std::uint64_t>(field);
  return word << 3 | (n.exclusive ? 4u : 0u) | (n.reverse ? 2u : 0u) | (n.keepdim ? 1u : 0u);
}

bool same_data(const Array* a, const Array* b) {
  if (a == b || a == nullptr || b == nullptr) return a == b;
  return a->dtype == b->dtype && a->shape == b->shape && a->bytes == b->bytes;
}

bool same_name(const char* a, const char* b) {
  if (a == b || a == nullptr || b == nullptr) return a == b;
  return std::strcmp(a, b) == 0;
}

std::string_view view_name(View view) {
  switch (view) {
    case View::reshape: return "reshape";
    case View::permute: return "permute";
    case View::slice: return "slice";
    case View::broadcast: break;
  }
  return "broadcast_to";
}

}  // namespace

std::string_view op_name(const Node& node) {
  switch (node.kind) {
    case Kind::input: return "input";
    case Kind::constant: return "constant";
    case Kind::iota: return "arange";
    case Kind::map: return info(node.fn).name;
    case Kind::cast: return "cast";
    case Kind::scan: return spec(node.fold).scan;
    case Kind::reduce: return spec(node.fold).reduce;
    case Kind::view: return view_name(node.view);
    case Kind::concat: return "concat";
    case Kind::matmul: break;
  }
  return "matmul";
}

bool same_operation(const Node& a, const Node& b) {
  return packed(a) == packed(b) && a.bits == b.bits && a.step_bits == b.step_bits && a.inputs == b.inputs &&
         a.shape == b.shape && a.dims == b.dims && a.steps == b.steps && same_name(a.name, b.name) &&
         same_data(a.data.get(), b.data.get());
}

std::uint32_t hash_of(const Node& node) {
  Hash hash;
  hash.mix(packed(node));
  hash.mix(node.inputs.size() << 48 | node.shape.size() << 32 | node.dims.size() << 16 | node.steps.size());
  hash.mix(node.bits);
  hash.mix(node.step_bits);
  hash.mix_all(node.inputs);
  hash.mix_all(node.shape);
  hash.mix_all(node.dims);
  hash.mix_all(node.steps);
  if (node.name != nullptr) hash.mix_all(std::string_view(node.name));
  if (node.data) hash.mix_bytes(node.data->bytes);
  return hash.value();
}

}  // namespace accrue
