# One source, several instruction sets: src/cpu/isa/*.cpp are compiled once per set, each time into a namespace named
# for the set (ACCRUE_ISA_NS), and the library picks one when it starts. Such a file sees raw pointers and code of its
# own namespace only: a std container would leave a weak symbol compiled for AVX-512 which the linker may use everywhere
# (tests/binary/weak_symbols.sh looks for those).

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(known_sets v2 v3 v4)
else()
  set(known_sets base)
endif()
set(ACCRUE_ISA_SETS "${known_sets}" CACHE STRING "Instruction sets to compile the CPU kernels for, a list of: ${known_sets}")
set(ACCRUE_ISA_SETS_DEFINITION "ACCRUE_ISA_SETS=")  # for files that name each set: SET(v2) SET(v3) ...
foreach(set IN LISTS ACCRUE_ISA_SETS)
  if(NOT set IN_LIST known_sets)
    message(FATAL_ERROR "ACCRUE_ISA_SETS: '${set}' is none of ${known_sets}")
  endif()
  string(APPEND ACCRUE_ISA_SETS_DEFINITION " SET(${set})")
endforeach()
set(ACCRUE_ISA_FLAGS_base)
set(ACCRUE_ISA_FLAGS_v2 -march=x86-64-v2)
set(ACCRUE_ISA_FLAGS_v3 -march=x86-64-v3)
set(ACCRUE_ISA_FLAGS_v4 -march=x86-64-v4 -mprefer-vector-width=512)

# accrue_add_instruction_sets(sources...): compiles the sources once per set, into the OBJECT libraries
# accrue_isa_<set>, and names the sets to cpu/isa.cpp, which chooses among them.
function(accrue_add_instruction_sets)
  # -O3 whatever the build type: these files are the library's speed, and their loops must become vectors. Sanitizers
  # are not about speed.
  if(ACCRUE_SANITIZE)
    set(optimisation -O1)
  else()
    set(optimisation -O3)
  endif()
  foreach(set IN LISTS ACCRUE_ISA_SETS)
    set(objects accrue_isa_${set})
    add_library(${objects} OBJECT ${ARGN})
    accrue_target_options(${objects})
    target_compile_definitions(${objects} PRIVATE
      ACCRUE_ISA_NS=isa_${set}
      Eigen=Eigen_isa_${set}  # renames Eigen's namespace, so that two builds of it share no symbol
      EIGEN_DONT_PARALLELIZE)
    # The two -fno- flags let g++ make vectors of sqrt and of selects too, and change no value. Vectors never cross a
    # file's border, so their calling convention (-Wpsabi) is nobody's concern.
    target_compile_options(${objects} PRIVATE
      ${optimisation} -fno-math-errno -fno-trapping-math -Wno-psabi ${ACCRUE_ISA_FLAGS_${set}})
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      # g++ 12 gives these for its own AVX-512 headers, wherever Eigen inlines them.
      target_compile_options(${objects} PRIVATE -Wno-uninitialized -Wno-maybe-uninitialized)
    endif()
    target_link_libraries(${objects} PRIVATE Eigen3::Eigen SLEEF::SLEEF)
  endforeach()
  set_source_files_properties(${CMAKE_CURRENT_SOURCE_DIR}/cpu/isa.cpp PROPERTIES COMPILE_DEFINITIONS "${ACCRUE_ISA_SETS_DEFINITION}")
endfunction()
