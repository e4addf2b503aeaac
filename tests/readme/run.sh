#!/usr/bin/env bash
# Runs every code block of README.md and examples/README.md: run.sh SOURCE BUILD WORK INSTALLED [cmake options]
#
# The opening fence says what a block is. A name with a folder in it is a file of the repository:
#
#   cpp NAME, cmake NAME, python NAME   a file; the CMakeLists.txt builds the programs against INSTALLED
#   text NAME                           what the program NAME prints
#   console                             commands behind "$ ", run in WORK, and what they print
#   sh                                  commands of the repository; that they are there is all that is tested
#   cpp FOLDER/NAME                     goes into that file of the repository (a copy), beside `square`
set -euo pipefail

source=$1 build=$2 work=$3 installed=$4
shift 4

documents=(README.md examples/README.md)

fail() { echo "README: $*" >&2; exit 1; }

# compare WHAT EXPECTED ACTUAL
compare() {
  diff --unified <(printf '%s\n' "$2") <(printf '%s\n' "$3") || fail "$1 prints something else (+)"
}

# Writes each block of each document to WORK/blocks/NUMBER, its fence's words in the first line.
extract() {
  rm -rf "$work"
  mkdir -p "$work/blocks"
  ln -s "$source/examples" "$work/examples"
  (cd "$source" && cat "${documents[@]}") | awk -v folder="$work/blocks" '
    /^```/ && !inside { inside = 1; file = sprintf("%s/%02d", folder, ++count); print substr($0, 4) > file; next }
    /^```/ { inside = 0; close(file); next }
    inside { print > file }'
}

body() { tail -n +2 "$1"; }

# Puts the block in front of the line of the copied file that begins with $3.
insert() {
  local text
  text=$(body "$1")
  awk -v text="${text//\\/\\\\}" -v mark="$3" 'index($0, mark) == 1 && !done { print text "\n"; done = 1 } { print }
    END { exit !done }' "$source/$2" >"$work/tree/$2" || fail "no '$3' in $2"
}

# console BLOCK: each command with the lines behind it.
console() {
  local command="" expected=""
  run_one() {
    [[ -z $command ]] || compare "'$command'" "$expected" "$(cd "$work" && PATH=$build:$PATH bash -c "$command" 2>&1)"
  }
  local line
  while IFS= read -r line; do
    if [[ $line == "$ "* ]]; then
      run_one
      command=${line#"$ "} expected=""
    else
      expected+=${expected:+$'\n'}$line
    fi
  done < <(body "$1")
  run_one
}

write_files() {
  local block kind name
  for block in "$work"/blocks/*; do
    read -r kind name <"$block" || true
    case "$kind $name" in
    "cpp "*/* | "text "* | "console " | "sh ") ;;
    "cpp "* | "cmake "* | "python "*) body "$block" >"$work/$name" ;;
    *) fail "nobody knows how to run a block that begins with '$kind $name'" ;;
    esac
  done
}

# The new function is known by its name, and its declaration compiles.
check_new_operation() {
  mkdir -p "$work/tree"
  cp -r "$source/graph" "$source/include" "$work/tree"
  local block kind name
  for block in "$work"/blocks/*; do
    read -r kind name <"$block" || true
    [[ $name != graph/scalar_ops.h ]] || insert "$block" "$name" "SCALAR_OP(square"
    [[ $name != include/accrue/ops.hpp ]] || insert "$block" "$name" "/// x * x."
  done
  cat >"$work/cube.cpp" <<'END'
#include "accrue/ops.hpp"
#include "graph/op_table.h"
using namespace accrue;
static_assert(find_fn("cube") && info(*find_fn("cube")).spec.arity == 1);
static_assert(sizeof(cube(std::declval<Expr>())) == sizeof(Expr));
static_assert(scalar::cube::apply<scalar::i8>);
END
  c++ -std=c++20 -fsyntax-only -Wno-address -I"$work/tree" -I"$work/tree/include" "$work/cube.cpp" ||
    fail "the new operation does not compile"
}

run_blocks() {
  local block kind name command
  for block in "$work"/blocks/*; do
    read -r kind name <"$block" || true
    case $kind in
    text) compare "$name" "$(body "$block")" "$("$work/build/$name")" ;;
    console) console "$block" ;;
    sh) while read -r command _; do [[ -x $source/$command ]] || fail "no command '$command'"; done < <(body "$block") ;;
    esac
  done
}

extract
write_files
cmake -G Ninja --log-level=WARNING -S "$work" -B "$work/build" -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_PREFIX_PATH="$installed" "$@" >/dev/null
cmake --build "$work/build"
check_new_operation
run_blocks
