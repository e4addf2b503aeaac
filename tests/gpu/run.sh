#!/usr/bin/env bash
# Checks accrue on the GPU of this machine, from a build made anywhere, in under 9 minutes:
#
#   tests/gpu/run.sh pack BUILD FOLDER   where it was built: copies the programs and the libraries that they need,
#                                        with CUB's yardstick where nvcc is found
#   FOLDER/run.sh                        where the GPU is: bits, the table of times, what else has to be right,
#                                        compute-sanitizer; ends with 1 where anything was wrong
#
# The second needs the driver and NVRTC there, nothing else: torch, JAX, CuPy and compute-sanitizer take part where they
# are found. Variables, for less of it: SCALE, REPEATS, DIVISOR, ROUNDS, ELEMENTS; PEERS, the Python peers that are asked;
# PYTHON; BUDGET, the seconds in all; NVCC=off.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
failed=0
budget=${BUDGET:-520}

# ------------------------------------------------------------------------------------------------- where it was built

# Compiled once a build: it takes a minute.
compile_cub() {
  local program=$1/tests/gpu/accrue_gpu_cub nvcc
  nvcc=${NVCC:-$(command -v nvcc || ls /usr/local/cuda/bin/nvcc 2>/dev/null || echo off)}
  [[ $nvcc != off ]] || { echo "SKIPPED: no nvcc, so no yardstick of CUB's" >&2; return; }
  if [[ ! $program -nt $here/cub.cu ]]; then
    rm -f "$program"
    "$nvcc" -O3 -std=c++17 -cudart static -Xfatbin -compress-all --threads 2 -gencode arch=compute_80,code=sm_80 \
      -gencode arch=compute_90,code=sm_90 -gencode arch=compute_100,code=sm_100 -o "$program" "$here/cub.cu" >&2 ||
      { echo "SKIPPED: $nvcc does not compile the yardstick of CUB's" >&2; return; }
  fi
  echo "$program"
}

pack() {
  local build=$1 folder=$2 cub
  mkdir -p "$folder/lib"
  cub=$(compile_cub "$build")
  cp "$here/run.sh" "$here/peers.py" "$build/tests/gpu/accrue_gpu_check" "$build/accrue" ${cub:+"$cub"} "$folder"
  # All but what belongs to the system there: the libraries of C and of the compiler.
  ldd "$folder/accrue_gpu_check" "$folder/accrue" | awk '/=> \// { print $3 }' | sort -u |
    grep -Ev '/(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|ld-linux[^/]*)\.so' | xargs -I {} cp -L {} "$folder/lib"
  strip "$folder/accrue_gpu_check" "$folder/accrue"
  du -sh "$folder"
}

# --------------------------------------------------------------------------------------------------- where the GPU is

# step SECONDS WHAT COMMAND...: at most so long, and no longer than the budget lasts.
step() {
  local limit=$1 what=$2 left=$((budget - SECONDS)) status=0
  shift 2
  printf '\n==== %s (%d s so far)\n' "$what" "$SECONDS"
  if ((left < limit)); then limit=$left; fi
  if ((limit < 3)); then
    echo "SKIPPED: no time left"
    failed=1
    return
  fi
  timeout --kill-after=5 "$limit" "$@" || status=$?
  if ((status == 124 || status == 137)); then echo "UNFINISHED: it takes more than $limit s"; fi
  if ((status != 0)); then failed=1; fi
}

describe() {
  "$here/accrue" info | sed '/^names for/,$d'
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem --format=csv
  fi
}

times() {
  local python=${PYTHON:-python3} peers=() name
  if [[ -x $here/accrue_gpu_cub ]]; then peers+=(CUB "exec '$here/accrue_gpu_cub'"); fi
  for name in ${PEERS-torch torch.compile jax cupy}; do
    peers+=("$name" "exec '$python' '$here/peers.py' $name ${PEER_OPTIONS:-}")
  done
  "$here/accrue_gpu_check" times "${DIVISOR:-1}" "${ROUNDS:-21}" 160 "${peers[@]}"
}

# Two processes: the second finds the kernel on the disk.
first_runs() {
  local cache
  cache=$(mktemp -d)
  for state in "nothing kept" "kernel on disk"; do
    printf '%s: ' "$state"
    ACCRUE_CUDA_CACHE=$cache "$here/accrue_gpu_check" first
  done
  rm -r "$cache"
}

# sanitize TOOL: the small corpus under one tool of compute-sanitizer's.
sanitize() {
  local report status=0
  if ! command -v compute-sanitizer >/dev/null; then
    echo "SKIPPED: no compute-sanitizer"
    return
  fi
  report=$(compute-sanitizer --tool "$1" --error-exitcode 1 "$here/accrue_gpu_check" corpus 1 2>&1) || status=$?
  tail -n 30 <<<"$report"
  if grep -q 'Device not supported' <<<"$report"; then
    echo "SKIPPED: compute-sanitizer cannot watch this device"
    return
  fi
  return "$status"
}

check() {
  export LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  step 30 "what there is" "$here/run.sh" describe
  step 90 "the CPU's results" "$here/accrue_gpu_check" corpus 1
  step 210 "times" "$here/run.sh" times
  step 60 "replay, memory, large scans" "$here/accrue_gpu_check" scenarios ${ELEMENTS:+"$ELEMENTS"}
  step 30 "first runs" "$here/run.sh" first_runs
  step 60 "the CPU's results, longer lines" "$here/accrue_gpu_check" corpus "${SCALE:-64}"
  step 60 "the same bits again and again" "$here/accrue_gpu_check" corpus 1 "${REPEATS:-100}"
  for tool in memcheck racecheck initcheck synccheck; do
    step 60 "compute-sanitizer $tool" "$here/run.sh" sanitize "$tool"
  done
  printf '\n==== %s (%d s)\n' "$( ((failed)) && echo "something is WRONG" || echo "all is right")" "$SECONDS"
  exit "$failed"
}

case ${1:-check} in
  pack) pack "$2" "$3" ;;
  check) check ;;
  describe | times | first_runs | sanitize) "$@" ;;
  *) echo "run.sh: unknown argument '$1'" >&2; exit 2 ;;
esac
