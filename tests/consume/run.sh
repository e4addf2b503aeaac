#!/usr/bin/env bash
# Uses accrue as a stranger's project would: run.sh STEP BUILD_FOLDER WORK_FOLDER [cmake options]
#
#   install       installs the build into WORK/static, and moves it: an installed tree must not know where it was made
#   find_package  builds the consumer against WORK/static by CMake
#   pkg_config    the same by the compiler alone
#   deb           packs a .deb, unpacks it and builds the consumer against it
#   subproject    builds accrue as part of the consumer (FetchContent), as a shared library, and installs that
#   shared        find_package and pkg_config against what subproject installed
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
step=$1 build=$2 work=$3
shift 3

# check PROGRAM: it runs and prints what main.cpp computes.
check() {
  local printed
  printed=$("$@")
  [[ $printed == "[1 3 6]" ]] || { echo "the consumer printed: $printed" >&2; exit 1; }
}

configure() { cmake -G Ninja --log-level=WARNING -DCMAKE_BUILD_TYPE=Debug "$@"; }

# by_cmake PREFIX FOLDER [cmake options]
by_cmake() {
  local prefix=$1 folder=$2
  shift 2
  rm -rf "$folder"
  configure -S "$here" -B "$folder" -DCMAKE_PREFIX_PATH="$prefix" "$@"
  cmake --build "$folder"
  check "$folder/consumer"
}

# by_pkg_config PREFIX PROGRAM [pkg-config options]: asks for nothing but what the .pc file says.
by_pkg_config() {
  local prefix=$1 program=$2
  shift 2
  local pc
  pc=$(find "$prefix" -name accrue.pc)
  local flags
  read -ra flags <<<"$(PKG_CONFIG_PATH=$(dirname "$pc") pkg-config "$@" --cflags --libs accrue)"
  c++ -std=c++20 "$here/main.cpp" -o "$program" "${flags[@]}" -Wl,-rpath,"$(dirname "$pc")/.."
  check "$program"
}

case $step in
install)
  rm -rf "$work/made" "$work/static"
  cmake --install "$build" --prefix "$work/made" >/dev/null
  mv "$work/made" "$work/static"
  ;;
find_package) by_cmake "$work/static" "$work/find_package" "$@" ;;
pkg_config) by_pkg_config "$work/static" "$work/by_pkg_config" --static ;;
deb)
  rm -rf "$work/deb"
  mkdir -p "$work/deb/root"
  (cd "$work/deb" && cpack --config "$build/CPackConfig.cmake" -B "$work/deb" >cpack.log || { cat cpack.log; exit 1; })
  dpkg-deb --extract "$work"/deb/accrue_*.deb "$work/deb/root"
  by_cmake "$work/deb/root/usr" "$work/deb/consumer" "$@"
  ;;
subproject)
  # Not optimised, for time's sake. In Debian's library folder, a level deeper than the other install's.
  configure -S "$here/subproject" -B "$work/subproject" -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DCMAKE_INSTALL_LIBDIR="lib/$(c++ -print-multiarch)" "$@"
  cmake --build "$work/subproject"
  check "$work/subproject/consumer"
  rm -rf "$work/shared"
  cmake --install "$work/subproject" --prefix "$work/shared" >/dev/null
  ;;
shared)
  by_cmake "$work/shared" "$work/find_package_shared" "$@"
  by_pkg_config "$work/shared" "$work/by_pkg_config_shared"
  ;;
*)
  echo "run.sh: no step $step" >&2
  exit 2
  ;;
esac
