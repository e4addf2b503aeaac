# One fuzz target for each reader of hostile bytes. The ordinary build gives it replay.cpp's main, and the tests go
# through its corpus, the examples or the golden files. With clang a search for new findings is built and run by
#
#   cmake -S . -B build-fuzz -G Ninja -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS=-O1 \
#     -DACCRUE_FUZZ=ON "-DACCRUE_SANITIZE=address;undefined" -DACCRUE_BUILD_EXAMPLES=OFF
#   cmake --build build-fuzz --target accrue_fuzz_script accrue_fuzz_npy
#   build-fuzz/tests/accrue_fuzz_script -max_total_time=180 -timeout=30 NEW tests/fuzz/corpus/script examples
#   build-fuzz/tests/accrue_fuzz_npy -max_total_time=180 NEW tests/fuzz/corpus/npy tests/golden/bad_npy/files
#
# (packages clang-19 and libclang-rt-19-dev; NEW is a folder for what it collects). A finding joins the corpus.

# accrue_add_fuzzer(name library corpus...): tests/fuzz/<name>_fuzz.cpp, which replays the corpus in the tests.
function(accrue_add_fuzzer name library)
  set(target accrue_fuzz_${name})
  add_executable(${target} fuzz/${name}_fuzz.cpp)
  accrue_target_options(${target})
  target_link_libraries(${target} PRIVATE accrue_test_support ${library})
  if(ACCRUE_FUZZ)
    target_link_options(${target} PRIVATE -fsanitize=fuzzer)
    return()
  endif()
  target_sources(${target} PRIVATE fuzz/replay.cpp)
  add_test(NAME accrue.fuzz:${name} COMMAND ${target} ${ARGN} WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
endfunction()

if(TARGET accrue_internal)
  accrue_add_fuzzer(script accrue_graph fuzz/corpus/script ${PROJECT_SOURCE_DIR}/examples)
  accrue_add_fuzzer(npy accrue_internal fuzz/corpus/npy golden/bad_npy/files golden/npy)
endif()
