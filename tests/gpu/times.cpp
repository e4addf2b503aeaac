#include "tests/gpu/times.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <optional>

#include "accrue/accrue.hpp"
#include "src/tensor_copy.h"
#include "tests/gpu/peer.h"

namespace accrue::test {
namespace {

/// What is aimed at: so many times a rival's speed. The copy's counts bytes, others' the same work. (Up
/// to 13.0 CUB has no deterministic scan of floats to measure.)
struct Target {
  std::string rival;
  double factor;
};

/// A cumsum.
struct TimedCase {
  std::string name;
  DType dtype;
  Shape shape;
  std::int64_t dim;
  DType result;
  std::vector<Target> targets;
  double divisor = 1;  // by which it is smaller than its name says

  double bytes() const {
    return static_cast<double>(elements(shape)) * static_cast<double>(byte_width(dtype) + byte_width(result));
  }
  /// Buffers to take by turns, so that none is in the cache when its turn comes.
  int buffers() const {
    const double enough_bytes = (512 << 20) / divisor;
    return std::clamp(static_cast<int>(enough_bytes / bytes()), 1, 32);
  }
  /// Runs between two waits: some milliseconds, so that a wait costs little.
  int runs() const { return bytes() * divisor < (64 << 20) ? 100 : 5; }

  /// The line that a peer is asked.
  std::string question() const {
    std::string dims;
    for (std::int64_t d : shape) dims += (dims.empty() ? "" : "x") + std::to_string(d);
    return std::string(to_string(dtype)) + " " + std::string(to_string(result)) + " " + dims + " " +
           std::to_string(dim) + " " + std::to_string(buffers()) + " " + std::to_string(runs());
  }
};

std::vector<TimedCase> timed_cases(std::int64_t divisor) {
  const std::int64_t k = std::max<std::int64_t>(1024 / divisor, 1), m = k * 1024;
  const double no_slower_than = 1 / 1.2;
  std::vector<TimedCase> cases = {
      {"cumsum of one row of 2^28 float32",
       float32,
       {256 * m},
       0,
       float32,
       {{"copy", 0.80}, {"CUB", 0.95}, {"CUB, deterministic", 1.3}}},
      {"cumsum of bfloat16 as float32, 2^28",
       bfloat16,
       {256 * m},
       0,
       float32,
       {{"copy", 0.75}, {"torch", 1.6}}},
      {"cumsum along rows, 1024 x 65536 float32",
       float32,
       {1024, 64 * k},
       1,
       float32,
       {{"copy", 0.75}, {"torch", 2.5}}},
      {"cumsum along rows, 4096 x 4096 float32",
       float32,
       {4096, 4 * k},
       1,
       float32,
       {{"copy", 0.75}, {"torch", 2.5}}},
      {"cumsum along dim 0, 4096 x 4096 float32", float32, {4 * k, 4096}, 0, float32, {{"copy", 0.75}}},
      {"cumsum along dim 0, 2^20 x 32 float32",
       float32,
       {m, 32},
       0,
       float32,
       {{"copy", 0.5}, {"torch", 100}}},
      {"cumsum along dim 0, 2^20 x 2 float32", float32, {m, 2}, 0, float32, {{"copy", 0.4}, {"torch", 100}}},
      {"cumsum of one row of 2^16 float32", float32, {64 * k}, 0, float32, {{"torch", no_slower_than}}},
      {"cumsum of one row of 2^27 float64", float64, {128 * m}, 0, float64, {}},
      {"cumsum of one row of 2^27 int64", int64, {128 * m}, 0, int64, {}},
  };
  for (TimedCase& one : cases) one.divisor = static_cast<double>(divisor);
  return cases;
}

// ---------------------------------------------------------------------------------------- who takes part

/// Gives the seconds of one run, the mean of several, or nothing where it cannot do the case.
struct Entrant {
  std::string name;
  std::function<std::optional<double>(const TimedCase&)> seconds;
};

double mean_seconds(Device gpu, int runs, const std::function<void(int)>& run) {
  synchronize(gpu);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < runs; ++i) run(i);
  synchronize(gpu);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / runs;
}

/// Numbers of mean 0. (Zeros may be faster than other data.)
Tensor some_values(const TimedCase& one, Device gpu) {
  Graph g;
  const Expr index = arange(g, 0, elements(one.shape));
  const Expr values = cast((index * 7919) % 1024 - 512, float32) / 256;
  return eval(reshape(cast(values, one.dtype), one.shape), {.device = gpu});
}

/// A copy of so many bytes, whatever the case.
Entrant copy(Device gpu, std::int64_t bytes) {
  Graph g;
  const Tensor from = eval(cast(arange(g, 0, bytes) * 7919 % 251, uint8), {.device = gpu});
  const Tensor to = Tensor::empty(uint8, {bytes}, gpu);
  return {"copy", [=](const TimedCase& one) {
            const double seconds = mean_seconds(gpu, 5, [&](int) { copy_elements(from, to); });
            return seconds * one.bytes() / (2.0 * static_cast<double>(bytes));
          }};
}

class Ours {
 public:
  explicit Ours(Device gpu) : gpu_(gpu) {}

  double seconds(const TimedCase& one) {
    if (prepared_for_ != one.name) prepare(one);
    return mean_seconds(gpu_, one.runs(),
                        [&](int i) { bound_[static_cast<std::size_t>(i) % bound_.size()].run(); });
  }

 private:
  void prepare(const TimedCase& one) {
    bound_.clear();
    Graph g;
    const Expr y = cumsum(g.input("x", one.dtype, one.shape), one.dim, {.dtype = one.result});
    const Program program = compile(g, {{"y", y}}, {.device = gpu_});
    for (int i = 0; i < one.buffers(); ++i) bound_.push_back(program.bind({{"x", some_values(one, gpu_)}}));
    for (int i = 0; i < 2; ++i)  // the second run of a binding makes its graph
      for (const BoundProgram& bound : bound_) bound.run();
    prepared_for_ = one.name;
  }

  Device gpu_;
  std::string prepared_for_;
  std::vector<BoundProgram> bound_;
};

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end == text.data()) return std::nullopt;
  return value;
}

/// notes: why a peer does not do a case is added to them.
Entrant of_peer(const std::shared_ptr<Peer>& peer, std::string& notes) {
  constexpr double limit_seconds = 30;  // the first answer takes compilations along
  return {peer->name(), [=, &notes](const TimedCase& one) {
            const auto answer = peer->ask(one.question(), limit_seconds);
            const auto seconds = number_in(answer.value_or(""));
            if (peer->is_ready() && !seconds)
              notes += peer->name() + ", " + one.name + ": " + answer.value_or("no answer") + "\n";
            return seconds;
          }};
}

// ---------------------------------------------------------------------------------------------- one case

using Medians = std::map<std::string, double>;  // by entrant; those that have none are not there

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Everybody by turns. One that is very slow has fewer turns, three at least.
Medians measure(const TimedCase& one, const std::vector<Entrant>& entrants, int rounds) {
  constexpr double enough_seconds = 2;
  constexpr std::size_t least_turns = 3;
  std::map<std::string, std::vector<double>> turns;
  std::map<std::string, bool> is_out;
  for (int round = 0; round < rounds; ++round)
    for (const Entrant& entrant : entrants) {
      if (is_out[entrant.name]) continue;
      const auto seconds = entrant.seconds(one);
      std::vector<double>& all = turns[entrant.name];
      if (seconds) all.push_back(*seconds);
      const double spent = std::accumulate(all.begin(), all.end(), 0.0) * one.runs();
      is_out[entrant.name] = !seconds || (spent > enough_seconds && all.size() >= least_turns);
    }
  Medians medians;
  for (const auto& [name, all] : turns)
    if (!all.empty()) medians[name] = median(all);
  return medians;
}

std::string formatted(const char* format, double value) {
  char text[40];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string verdict(const Target& target, const Medians& medians) {
  const std::string aim = target.rival + formatted(" %.2fx ", target.factor);
  const auto rival = medians.find(target.rival);
  if (rival == medians.end()) return aim + "not measured";
  return aim + (rival->second / medians.at("accrue") >= target.factor ? "met" : "MISSED");
}

std::string row(const TimedCase& one, const std::vector<Entrant>& entrants, const Medians& medians) {
  const double ours = medians.at("accrue");
  std::string text = "| " + one.name + " |" + formatted(" %.1f |", ours * 1e6) +
                     formatted(" %.0f |", one.bytes() / ours * 1e-9);
  for (const Entrant& entrant : entrants) {
    if (entrant.name == "accrue") continue;
    const auto found = medians.find(entrant.name);
    if (found == medians.end())
      text += " - |";
    else if (entrant.name == "copy")
      text += formatted(" %.0f", one.bytes() / found->second * 1e-9) +
              formatted(", %.2f |", found->second / ours);
    else
      text += formatted(" %.1f", found->second * 1e6) + formatted(", %.2fx |", found->second / ours);
  }
  std::string aims;
  for (const Target& target : one.targets) aims += (aims.empty() ? "" : "; ") + verdict(target, medians);
  return text + " " + (aims.empty() ? "-" : aims) + " |\n";
}

std::string heading(const std::vector<Entrant>& entrants) {
  std::string text = "| program | accrue, us | GB/s |", line = "|---|---|---|";
  for (const Entrant& entrant : entrants) {
    if (entrant.name == "accrue") continue;
    text += entrant.name == "copy" ? " copy, GB/s, and ours of it |"
                                   : " " + entrant.name + ", us and times ours |";
    line += "---|";
  }
  return text + " aims |\n" + line + "---|\n";
}

}  // namespace

int print_times(Device gpu, const TimesOptions& options) {
  const auto begin = std::chrono::steady_clock::now();
  const auto spent = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  std::vector<std::shared_ptr<Peer>> peers;
  for (const PeerCommand& peer : options.peers)
    peers.push_back(std::make_shared<Peer>(peer.name, peer.command));
  const auto ours = std::make_shared<Ours>(gpu);
  std::string notes;
  std::vector<Entrant> entrants = {copy(gpu, (std::int64_t{1} << 30) / options.divisor),
                                   {"accrue", [=](const TimedCase& one) { return ours->seconds(one); }}};
  for (const auto& peer : peers) {
    std::cout << peer->name() << ": " << peer->greeting() << std::endl;
    entrants.push_back(of_peer(peer, notes));
  }
  std::cout << heading(entrants) << std::flush;
  int failed = 0;
  for (const TimedCase& one : timed_cases(options.divisor)) {
    if (spent() > options.seconds) {
      std::cout << "| " << one.name << " | SKIPPED: no time left |" << std::endl;
      continue;
    }
    try {
      std::cout << row(one, entrants, measure(one, entrants, options.rounds)) << std::flush;
    } catch (const Error& e) {
      std::cout << "| " << one.name << " | FAILED: " << e.what() << " |" << std::endl;
      ++failed;
    }
  }
  std::cout << notes;
  return failed;
}

}  // namespace accrue::test
