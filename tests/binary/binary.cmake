# What the compiled library and the headers that users include must be like. Sanitizers add code and symbols of their
# own.
if(ACCRUE_SANITIZE)
  return()
endif()

foreach(set IN LISTS ACCRUE_ISA_SETS)
  if(TARGET accrue_isa_${set})
    add_test(NAME accrue.binary:weak_symbols_isa_${set}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/binary/weak_symbols.sh isa_${set} $<TARGET_OBJECTS:accrue_isa_${set}>
      COMMAND_EXPAND_LISTS)
  endif()
endforeach()

if(TARGET accrue AND CMAKE_BUILD_TYPE STREQUAL Release)
  add_test(NAME accrue.binary:size
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/binary/size.sh $<TARGET_FILE:accrue> 15000000)
endif()

file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/include/accrue/*.hpp)
foreach(header IN LISTS headers)
  add_test(NAME accrue.binary:header_${header}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/binary/header.sh ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR}/include ${header}
      -isystem $<TARGET_PROPERTY:Eigen3::Eigen,INTERFACE_INCLUDE_DIRECTORIES>)
endforeach()
