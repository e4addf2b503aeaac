#!/usr/bin/env bash
# Measures accrue, the limit and every peer, C++ and Python, by turns; prints the tables.
#
#   tests/bench/run.sh [options]
#     --build FOLDER     of a build with -DACCRUE_BUILD_BENCH=ON       (build-bench, made where it is missing)
#     --rounds N         turns of each program                         (3)
#     --repeat N         times of each case in a turn                  (3)
#     --size, --filter   as accrue_bench takes them
#     --peers "A B"      Python peers                                  (all of peers.py)
#     --json FILE        keep times and summaries
#     --results          write tests/bench/RESULTS.md: on a machine that does nothing else
#
# Python is build/peers/bin/python (install_peers.sh), else python3; PYTHON names another.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

build=build-bench rounds=3 repeat=3 json="" cases=() output=()
peers="NumPy torch torch.compile JAX MLX onnxruntime numba"
while [[ $# -gt 0 ]]; do
  case $1 in
    --results) output=(--markdown tests/bench/RESULTS.md); shift; continue ;;
    --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' tests/bench/run.sh; exit ;;
  esac
  [[ $# -ge 2 ]] || { echo "run.sh: $1 is unknown or lacks its value; see --help" >&2; exit 2; }
  case $1 in
    --build) build=$2 ;;
    --rounds) rounds=$2 ;;
    --repeat) repeat=$2 ;;
    --size | --filter) cases+=("$1" "$2") ;;
    --peers) peers=$2 ;;
    --json) json=$2 ;;
    *) echo "run.sh: unknown option $1; see --help" >&2; exit 2 ;;
  esac
  shift 2
done
python=${PYTHON:-build/peers/bin/python}
[[ -x $python ]] || python=python3

[[ -f $build/CMakeCache.txt ]] || .ci/configure "$build" -DACCRUE_BUILD_BENCH=ON
cmake --build "$build" --target accrue_bench
bench=$build/tests/bench/accrue_bench

# Threads that spin between their loops would take the processor from the others.
export OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=0 KMP_BLOCKTIME=0

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
files=()
for ((round = 1; round <= rounds; ++round)); do
  echo "round $round of $rounds: accrue_bench" >&2
  files+=("$folder/$round.jsonl")
  "$bench" "${cases[@]}" --repeat "$repeat" --json "${files[-1]}" >/dev/null || [[ $? -eq 1 ]]  # 1: results differ
  for peer in $peers; do
    echo "round $round of $rounds: $peer" >&2
    files+=("$folder/$round.$peer.jsonl")
    "$python" tests/bench/peers.py --cases "$folder/1.jsonl" --peer "$peer" --repeat "$repeat" --json "${files[-1]}" ||
      echo "$peer: stopped with an error" >&2
  done
done
[[ -z $json ]] || output+=(--json "$json")
"$bench" --join "${files[@]}" "${output[@]}"
