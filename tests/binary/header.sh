#!/usr/bin/env bash
# header.sh COMPILER FOLDER HEADER [options]: a program may include <HEADER>, which lies in FOLDER, first, alone and
# twice, and hears no warning.
set -euo pipefail
compiler=$1 folder=$2 header=$3
shift 3
printf '#include <%s>\n#include <%s>\n' "$header" "$header" |
  "$compiler" -std=c++20 -Wall -Wextra -Wconversion -Werror -fsyntax-only "-I$folder" "$@" -x c++ -
