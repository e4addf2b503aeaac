# What the compiled library must look like. Sanitizers add code and symbols of their own.
if(ACCRUE_SANITIZE)
  return()
endif()

foreach(set IN LISTS ACCRUE_ISA_SETS)
  if(TARGET accrue_${set})
    add_test(NAME accrue.binary:weak_symbols_${set}
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/binary/weak_symbols.sh ${set} $<TARGET_OBJECTS:accrue_${set}>
      COMMAND_EXPAND_LISTS)
  endif()
endforeach()

if(TARGET accrue AND CMAKE_BUILD_TYPE STREQUAL Release)
  add_test(NAME accrue.binary:size
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/binary/size.sh $<TARGET_FILE:accrue> 15000000)
endif()
