# One source, several instruction sets: src/cpu/isa/*.cpp are compiled once per set, each time into a namespace named
# for the set (ACCRUE_ISA_NS), and the library picks one when it starts. Such a file sees raw pointers and code of its
# own namespace only: a std container would leave a weak symbol compiled for AVX-512 which the linker may use everywhere
# (tests/binary/weak_symbols.sh looks for those).

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(ACCRUE_ISA_SETS isa_v2 isa_v3 isa_v4)
  set(ACCRUE_ISA_FLAGS_isa_v2 -march=x86-64-v2)
  set(ACCRUE_ISA_FLAGS_isa_v3 -march=x86-64-v3)
  set(ACCRUE_ISA_FLAGS_isa_v4 -march=x86-64-v4 -mprefer-vector-width=512)
else()
  set(ACCRUE_ISA_SETS isa_base)
  set(ACCRUE_ISA_FLAGS_isa_base)
endif()

# accrue_add_instruction_sets(sources...): compiles the sources once per set, into the OBJECT libraries accrue_<set>.
function(accrue_add_instruction_sets)
  foreach(set IN LISTS ACCRUE_ISA_SETS)
    set(objects accrue_${set})
    add_library(${objects} OBJECT ${ARGN})
    accrue_target_options(${objects})
    target_compile_definitions(${objects} PRIVATE
      ACCRUE_ISA_NS=${set}
      Eigen=Eigen_${set}  # renames Eigen's namespace, so that two builds of it share no symbol
      EIGEN_DONT_PARALLELIZE)
    # -O3 whatever the build type: these files are the library's speed, and their loops must become vectors.
    # The two -fno- flags let g++ do so for sqrt and for selects, and change no value. Vectors never cross a file's
    # border, so their calling convention (-Wpsabi) is nobody's concern.
    target_compile_options(${objects} PRIVATE
      -O3 -fno-math-errno -fno-trapping-math -Wno-psabi ${ACCRUE_ISA_FLAGS_${set}})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      # g++ 12 gives these for its own AVX-512 headers, wherever Eigen inlines them.
      target_compile_options(${objects} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
    endif()
    target_link_libraries(${objects} PRIVATE Eigen3::Eigen)
  endforeach()
endfunction()
