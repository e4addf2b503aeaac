#!/usr/bin/env bash
# Uses accrue as a stranger's project would: run.sh STEP BUILD_FOLDER WORK_FOLDER [cmake options]
#
#   install           installs the build into WORK/static, and moves it: an installed tree must not know where it was made
#   find_package      builds the consumers, Eigen's too, against WORK/static by CMake
#   pkg_config        the same by the compiler alone
#   deb               packs a .deb, looks at what is in it, and builds the consumer against it
#   add_subdirectory  builds accrue as part of the consumer, as a shared library, and installs that into WORK/shared
#   shared            find_package and pkg_config against WORK/shared
#   fetch_content     FetchContent, where accrue is installed and where it is not
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
step=$1 build=$2 work=$3
shift 3

# check PROGRAM: it runs and prints what main.cpp computes.
check() {
  local printed
  printed=$("$@")
  [[ $printed == "[1 1 2]" ]] || { echo "the consumer printed: $printed" >&2; exit 1; }
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

# carry CARRIED_BY FOLDER [cmake options]: one instruction set and no optimisation, for time's sake; in Debian's library
# folder, a level deeper than the other install's.
carry() {
  local carried_by=$1 folder=$2
  shift 2
  configure -S "$here/subproject" -B "$folder" -DCARRIED_BY="$carried_by" -DCMAKE_CXX_FLAGS_DEBUG=-O0 \
    -DBUILD_SHARED_LIBS=ON -DACCRUE_INSTALL=ON -DACCRUE_ISA_SETS=v2 \
    -DCMAKE_INSTALL_LIBDIR="lib/$(c++ -print-multiarch)" "$@"
  cmake --build "$folder"
  check "$folder/consumer"
}

# check_deb FILE: the files that it must have, none outside /usr, and the packages that it asks for.
check_deb() {
  local files depends name
  files=$(dpkg-deb --fsys-tarfile "$1" | tar --list | grep -v '/$')
  depends=$(dpkg-deb --field "$1" Depends)
  for name in bin/accrue 'lib.*/libaccrue\.a' 'lib.*/pkgconfig/accrue\.pc' 'lib.*/cmake/accrue/accrueConfig\.cmake' \
    share/doc/accrue/copyright $(cd "$here/../../include" && find accrue -name '*.hpp' -printf 'include/%p\n'); do
    grep --quiet --extended-regexp "^\./usr/$name\$" <<<"$files" || { echo "the .deb lacks usr/$name" >&2; exit 1; }
  done
  if grep --invert-match '^\./usr/' <<<"$files"; then
    echo "the .deb has these outside of /usr" >&2
    exit 1
  fi
  for name in libc6 libstdc++6 libtbb12 libtbb-dev libsleef3 libsleef-dev zlib1g zlib1g-dev; do
    grep --quiet "\b$name\b" <<<"$depends" || { echo "the .deb does not ask for $name: $depends" >&2; exit 1; }
  done
}

case $step in
install)
  rm -rf "$work/made" "$work/static"
  cmake --install "$build" --prefix "$work/made" >/dev/null
  mv "$work/made" "$work/static"
  ;;
find_package)
  by_cmake "$work/static" "$work/find_package" -DWITH_EIGEN=ON "$@"
  check "$work/find_package/consumer_eigen"
  ;;
pkg_config) by_pkg_config "$work/static" "$work/by_pkg_config" --static ;;
deb)
  rm -rf "$work/deb"
  mkdir -p "$work/deb/root"
  (cd "$work/deb" && cpack --config "$build/CPackConfig.cmake" -B "$work/deb" >cpack.log || { cat cpack.log; exit 1; })
  check_deb "$work"/deb/accrue_*.deb
  dpkg-deb --extract "$work"/deb/accrue_*.deb "$work/deb/root"
  "$work/deb/root/usr/bin/accrue" --version
  by_cmake "$work/deb/root/usr" "$work/deb/consumer" "$@"
  ;;
add_subdirectory)
  carry add_subdirectory "$work/carrier" "$@"
  rm -rf "$work/shared"
  cmake --install "$work/carrier" --prefix "$work/shared" >/dev/null
  ;;
shared)
  by_cmake "$work/shared" "$work/find_package_shared" "$@"
  by_pkg_config "$work/shared" "$work/by_pkg_config_shared"
  ;;
fetch_content)
  carry FetchContent "$work/carrier" "$@"
  carry FetchContent "$work/carrier_of_installed" -DCMAKE_PREFIX_PATH="$work/static" -DEXPECT_INSTALLED=ON "$@"
  ;;
*)
  echo "run.sh: no step $step" >&2
  exit 2
  ;;
esac
