#!/usr/bin/env bash
# size.sh FILE BYTES: the file is no larger than that.
set -euo pipefail
bytes=$(stat --dereference --format=%s "$1")
echo "$1: $bytes bytes of at most $2"
[[ $bytes -le $2 ]]
