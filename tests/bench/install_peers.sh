#!/usr/bin/env bash
# Installs the peers that accrue is measured against. None is ever a dependency.
#
#   tests/bench/install_peers.sh           Python packages into build/peers, a virtual environment
#   tests/bench/install_peers.sh --apt     C++ libraries too (libtorch, xtensor), by apt, as root or by sudo
#
# torch takes some 5 GB; PEERS="numpy jax" installs less.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ${1:-} == --apt ]]; then
  as_root=()
  [[ $(id -u) -eq 0 ]] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends \
    libtorch-dev libxtensor-dev
elif [[ $# -gt 0 ]]; then
  echo "install_peers.sh: unknown argument '$1'; the only one is --apt" >&2
  exit 2
fi

[[ -x build/peers/bin/python ]] || python3 -m venv build/peers
# One after another: a package that is not made for this Python or processor leaves out itself only.
for package in ${PEERS:-numpy numba jax mlx-cpu mlx onnx onnxruntime setuptools torch}; do
  build/peers/bin/python -m pip install --quiet --upgrade "$package" || echo "$package: not installed" >&2
done
