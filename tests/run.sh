#!/usr/bin/env bash
# Builds everything in build/ and runs the tests. Arguments go to ctest: tests/run.sh -R graph
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/configure build
cmake --build build
ctest --test-dir build --output-on-failure --parallel "$(nproc)" "$@"
