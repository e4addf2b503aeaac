# Installation: the library, its headers, the command, the CMake package, the pkg-config file, and a .deb of them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/accrue)

install(TARGETS accrue EXPORT accrue_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/accrue TYPE INCLUDE FILES_MATCHING PATTERN "*.hpp")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
if(TARGET accrue_cli)
  install(TARGETS accrue_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT accrue_targets NAMESPACE accrue:: DESTINATION ${package_folder})

# A static library leaves its own dependencies to whoever links it; a shared one has linked them.
set(ACCRUE_FIND_DEPENDENCIES "")
set(ACCRUE_PC_REQUIRES "")
set(ACCRUE_PC_LIBS "")
if(NOT BUILD_SHARED_LIBS)
  set(ACCRUE_FIND_DEPENDENCIES "include(CMakeFindDependencyMacro)\nfind_dependency(Threads)\nfind_dependency(TBB)\n")
  string(APPEND ACCRUE_FIND_DEPENDENCIES
    "list(PREPEND CMAKE_MODULE_PATH \"\${CMAKE_CURRENT_LIST_DIR}\")\n"
    "find_dependency(SLEEF 3.5)\n"
    "list(POP_FRONT CMAKE_MODULE_PATH)\n")
  install(FILES src/cmake/FindSLEEF.cmake DESTINATION ${package_folder})
  set(ACCRUE_PC_REQUIRES "tbb, sleef")
  set(ACCRUE_PC_LIBS "-lstdc++ -lm -pthread -ldl")
  if(ZLIB_FOUND)
    string(APPEND ACCRUE_FIND_DEPENDENCIES "find_dependency(ZLIB)\n")
    string(APPEND ACCRUE_PC_REQUIRES ", zlib")
  endif()
endif()
configure_package_config_file(src/cmake/accrueConfig.cmake.in ${PROJECT_BINARY_DIR}/accrueConfig.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/accrueConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/accrueConfig.cmake ${PROJECT_BINARY_DIR}/accrueConfigVersion.cmake
  DESTINATION ${package_folder})

# The .pc file finds the prefix from where it lies, so that an installed tree can be moved. How far up that is depends
# on the library folder: lib, or lib/x86_64-linux-gnu.
file(RELATIVE_PATH ACCRUE_PC_UP "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(src/cmake/accrue.pc.in ${PROJECT_BINARY_DIR}/accrue.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/accrue.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGE_NAME accrue)
  set(CPACK_PACKAGE_CONTACT "The accrue authors")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_SECTION libdevel)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  if(NOT BUILD_SHARED_LIBS)
    set(CPACK_DEBIAN_PACKAGE_DEPENDS "libtbb-dev, libsleef-dev")
    if(ZLIB_FOUND)
      string(APPEND CPACK_DEBIAN_PACKAGE_DEPENDS ", zlib1g-dev")
    endif()
  endif()
  include(CPack)
endif()
