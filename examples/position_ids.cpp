// Position ids from an attention mask: a batch of sentences of different lengths, padded on the left as a
// language model wants them. Prints the graph, its fused kernels, the buffer plan and the result.
#include <accrue/accrue.hpp>
#include <algorithm>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace ac = accrue;

namespace {

// Where each padded row has a word: its last words are real, those before them padding.
ac::Tensor attention_mask(const std::vector<std::string>& sentences) {
  std::vector<std::int64_t> words;
  for (const std::string& sentence : sentences) {
    std::istringstream text(sentence);
    words.push_back(std::distance(std::istream_iterator<std::string>(text), {}));
  }
  const std::int64_t longest = *std::max_element(words.begin(), words.end());
  std::vector<bool> mask;
  for (const std::int64_t count : words)
    for (std::int64_t i = 0; i < longest; ++i) mask.push_back(i >= longest - count);
  return ac::Tensor::copy_of(mask, {static_cast<std::int64_t>(words.size()), longest});
}

}  // namespace

int main() {
  const ac::Tensor mask = attention_mask({
      "The quick brown fox jumps over the lazy dog",
      "Lazy evaluation",
      "A scan reads each element once",
  });

  ac::Graph g("position_ids");
  const ac::Expr m = g.input("mask", ac::boolean, mask.shape());
  const ac::Expr ids = ac::maximum(ac::cumsum(m, 1, {.dtype = ac::int64}) - 1, 0);
  const ac::Program program = ac::compile(g, {{"ids", ids}});

  std::cout << program.dump() << "\n# mask\n"
            << mask << "\n\n# ids\n"
            << program.run({{"mask", mask}})["ids"] << '\n';
}
