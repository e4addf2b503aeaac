#!/usr/bin/env bash
# Builds the library, the command and the main example in build/, and runs the example on real input: it prints the
# graph, its fused kernels, the buffer plan and the result.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.ci/configure build
cmake --build build --target accrue_cli accrue_example_position_ids
build/examples/accrue_example_position_ids
