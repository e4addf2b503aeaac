#!/usr/bin/env bash
# Checks accrue on the GPU of this machine, from a build made anywhere:
#
#   tests/gpu/run.sh pack BUILD FOLDER   where it was built: copies the program and the libraries that it needs
#   FOLDER/run.sh                        where the GPU is: bits, repeats, compute-sanitizer, times
#
# The second needs the driver and NVRTC there, nothing else. SCALE, REPEATS, DIVISOR and ROUNDS make it smaller.
set -euo pipefail

pack() {
  local build=$1 folder=$2
  mkdir -p "$folder/lib"
  cp "${BASH_SOURCE[0]}" "$folder/run.sh"
  cp "$build/tests/gpu/accrue_gpu_check" "$build/accrue" "$folder"
  # All but what belongs to the system there: the libraries of C and of the compiler.
  ldd "$folder/accrue_gpu_check" "$folder/accrue" | awk '/=> \// { print $3 }' | sort -u |
    grep -Ev '/(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|ld-linux[^/]*)\.so' | xargs -I {} cp -L {} "$folder/lib"
  strip "$folder/accrue_gpu_check" "$folder/accrue"
  du -sh "$folder"
}

step() { printf '\n==== %s (%d s so far)\n' "$1" "$SECONDS"; }

# sanitize TOOL: the small corpus under one tool of compute-sanitizer's.
sanitize() {
  if ! command -v compute-sanitizer >/dev/null; then
    echo "SKIPPED: no compute-sanitizer"
    return
  fi
  compute-sanitizer --tool "$1" --error-exitcode 1 "$here/accrue_gpu_check" corpus 1
}

check() {
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  export LD_LIBRARY_PATH=$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  local failed=0
  step "what there is"
  "$here/accrue" info | sed '/^names for/,$d'
  if command -v nvidia-smi >/dev/null; then
    nvidia-smi --query-gpu=name,driver_version,clocks.sm,clocks.mem --format=csv || failed=1
  fi
  step "the CPU's bits"
  "$here/accrue_gpu_check" corpus 1 || failed=1
  "$here/accrue_gpu_check" corpus "${SCALE:-64}" || failed=1
  step "the same bits again and again"
  "$here/accrue_gpu_check" corpus 1 "${REPEATS:-100}" || failed=1
  step "times"
  "$here/accrue_gpu_check" times "${DIVISOR:-1}" "${ROUNDS:-21}" || failed=1
  for tool in memcheck racecheck initcheck synccheck; do
    step "compute-sanitizer $tool"
    sanitize "$tool" || failed=1
  done
  step "done"
  exit "$failed"
}

case ${1:-check} in
  pack) pack "$2" "$3" ;;
  check) check ;;
  *) echo "run.sh: unknown argument '$1'" >&2; exit 2 ;;
esac
