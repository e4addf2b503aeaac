#!/usr/bin/env bash
# compare.sh EXPECTED COMMAND...: runs the command, which must succeed and print exactly what the file holds.
set -euo pipefail
expected=$1
shift
actual=$("$@"; echo .)
diff --unified "$expected" <(printf %s "${actual%.}")
