# The CUDA backend without a GPU: its kernels, compiled by g++ when the tests run, on an emulator of CUDA threads.
find_package(boost_context CONFIG REQUIRED)
accrue_add_tests(cuda accrue_internal)
if(TARGET accrue_test_cuda)
  target_link_libraries(accrue_test_cuda PRIVATE Boost::context ${CMAKE_DL_LIBS})
  set_target_properties(accrue_test_cuda PROPERTIES ENABLE_EXPORTS ON)  # the kernels call the emulator
  set(flags "-O1")
  if(ACCRUE_SANITIZE)
    list(JOIN ACCRUE_SANITIZE "," sanitizers)
    string(APPEND flags " -fsanitize=${sanitizers} -fno-sanitize-recover=all")
  endif()
  target_compile_definitions(accrue_test_cuda PRIVATE
    ACCRUE_CXX_COMPILER="${CMAKE_CXX_COMPILER}"
    ACCRUE_EMULATED_FLAGS="${flags}")
endif()

# Kernels under ThreadSanitizer. Nothing else is instrumented, so the usual program does.
if(TARGET accrue_test_cuda AND NOT ACCRUE_SANITIZE)
  execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=libtsan.so
    OUTPUT_VARIABLE tsan OUTPUT_STRIP_TRAILING_WHITESPACE)
  add_test(NAME "accrue.cuda: races"
    COMMAND ${CMAKE_CURRENT_LIST_DIR}/races.sh $<TARGET_FILE:accrue_test_cuda> ${tsan})
endif()
