#!/usr/bin/env bash
# weak_symbols.sh SET OBJECT...: no weak symbol of the objects compiled for SET may be one that other files share, for
# the linker would then be free to run code compiled for AVX-512 everywhere. A name that carries the set's is its own.
set -euo pipefail
set_name=$1
shift
# DW.ref.* are pointers for exception tables: data, the same for every set.
shared=$(nm "$@" | grep -E ' [WVu] ' | grep -v -e "$set_name" -e ' DW\.ref\.' || true)
if [[ -n $shared ]]; then
  echo "weak symbols outside $set_name:" >&2
  c++filt <<<"$shared" >&2
  exit 1
fi
