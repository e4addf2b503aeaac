#!/usr/bin/env bash
# races.sh PROGRAM LIBTSAN: runs the program's tests of races (races_test.cpp) with ThreadSanitizer's runtime in front.
# Where the compiler has none, or it does not start on this machine, they are skipped, visibly.
set -euo pipefail
program=$1 runtime=$2

[[ $runtime == /* ]] || { echo "SKIPPED: the compiler has no libtsan.so"; exit 0; }
fixed=() # the runtime's shadow may not fit around randomised addresses
if setarch -R true 2>/dev/null; then fixed=(setarch -R); fi
watched() { "${fixed[@]}" env LD_PRELOAD="$runtime" "$@"; }
watched true 2>/dev/null || { echo "SKIPPED: $runtime does not start here"; exit 0; }

# Only kernels are compiled for it; a report is no end, as planted faults give some; two of them may look alike.
export TSAN_OPTIONS="ignore_noninstrumented_modules=1 exitcode=0 suppress_equal_stacks=0 suppress_equal_addresses=0 symbolize=0"
watched "$program" "[races]"
