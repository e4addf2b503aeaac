# Builds a small consumer in each way that a user may take (run.sh says which). Not under sanitizers: what is tested
# here is packaging, and the consumer would need the same flags.
function(accrue_add_consume_test step)
  cmake_parse_arguments(arg "" "SETUP" "NEEDS" ${ARGN})
  add_test(NAME accrue.consume:${step}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/consume/run.sh ${step} ${PROJECT_BINARY_DIR}
      ${CMAKE_CURRENT_BINARY_DIR}/consume
      -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER})
  set_tests_properties(accrue.consume:${step} PROPERTIES
    LABELS slow
    FIXTURES_SETUP "${arg_SETUP}"
    FIXTURES_REQUIRED "${arg_NEEDS}")
endfunction()

if(TARGET accrue AND ACCRUE_INSTALL AND NOT ACCRUE_SANITIZE AND NOT BUILD_SHARED_LIBS)
  accrue_add_consume_test(install SETUP accrue_installed)
  accrue_add_consume_test(find_package NEEDS accrue_installed)
  accrue_add_consume_test(pkg_config NEEDS accrue_installed)
  accrue_add_consume_test(deb)
  accrue_add_consume_test(add_subdirectory SETUP accrue_carried)
  accrue_add_consume_test(shared NEEDS accrue_carried)
  accrue_add_consume_test(fetch_content NEEDS accrue_carried accrue_installed)
endif()
