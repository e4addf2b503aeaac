# FindSLEEF: the target SLEEF::SLEEF, and SLEEF_VERSION. Installed beside accrueConfig.cmake for those who link a static
# accrue, for SLEEF has no package file of its own before 3.6.
find_path(SLEEF_INCLUDE_DIR sleef.h)
find_library(SLEEF_LIBRARY sleef)
mark_as_advanced(SLEEF_INCLUDE_DIR SLEEF_LIBRARY)

unset(SLEEF_VERSION)
if(SLEEF_INCLUDE_DIR)
  file(STRINGS ${SLEEF_INCLUDE_DIR}/sleef.h version REGEX "define SLEEF_VERSION_(MAJOR|MINOR|PATCHLEVEL) ")
  string(REGEX MATCHALL "[0-9]+" version "${version}")
  list(JOIN version "." SLEEF_VERSION)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(SLEEF REQUIRED_VARS SLEEF_LIBRARY SLEEF_INCLUDE_DIR VERSION_VAR SLEEF_VERSION)

if(SLEEF_FOUND AND NOT TARGET SLEEF::SLEEF)
  add_library(SLEEF::SLEEF UNKNOWN IMPORTED)
  set_target_properties(SLEEF::SLEEF PROPERTIES
    IMPORTED_LOCATION ${SLEEF_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${SLEEF_INCLUDE_DIR})
endif()
