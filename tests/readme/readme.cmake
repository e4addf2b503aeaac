# Every code block of the README is built, run or compared (run.sh says how).
if(TARGET accrue_cli AND ACCRUE_INSTALL AND NOT ACCRUE_SANITIZE AND NOT BUILD_SHARED_LIBS)
  add_test(NAME accrue.readme
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/readme/run.sh ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}
      ${CMAKE_CURRENT_BINARY_DIR}/readme ${CMAKE_CURRENT_BINARY_DIR}/consume/static
      -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER} -DCMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER})
  set_tests_properties(accrue.readme PROPERTIES LABELS slow ENVIRONMENT ACCRUE_LIBCUDA=/no/libcuda.so.1 FIXTURES_REQUIRED accrue_installed)
endif()
