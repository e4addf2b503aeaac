# What every target of ours is compiled with. Nothing here touches a global flag, so a parent project keeps its own.

# accrue_target_options(target): warnings, visibility, sanitizers and the include paths of the repository.
function(accrue_target_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES
    CXX_EXTENSIONS OFF
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    PRIVATE ${PROJECT_SOURCE_DIR})
  # Contraction into fused multiply-adds changes bits, and the bits are part of the contract.
  target_compile_options(${target} PRIVATE -ffp-contract=off -Wall -Wextra -Wconversion)
  if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
    target_compile_options(${target} PRIVATE -Wno-sign-conversion)  # g++'s -Wconversion leaves it out
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    target_compile_options(${target} PRIVATE -Wno-restrict)  # g++ 12 gives it for "a" + std::string at -O2
  endif()
  if(ACCRUE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(ACCRUE_FUZZ)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
  if(ACCRUE_SANITIZE)
    list(JOIN ACCRUE_SANITIZE "," sanitizers)
    if("undefined" IN_LIST ACCRUE_SANITIZE)
      string(APPEND sanitizers ",float-cast-overflow")  # g++'s "undefined" does not include it
    endif()
    target_compile_options(${target} PRIVATE
      -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC $<BUILD_INTERFACE:-fsanitize=${sanitizers}>)
  endif()
endfunction()
