# Every example prints what examples/expected holds: the programs NAME.txt, the scripts NAME.acr.txt.
set(examples ${PROJECT_SOURCE_DIR}/examples)

# accrue_add_example_test(file command...): compares the command's output, run in examples/, with expected/<file>.
function(accrue_add_example_test file)
  add_test(NAME accrue.examples:${file}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/examples/compare.sh ${examples}/expected/${file} ${ARGN}
    WORKING_DIRECTORY ${examples})
endfunction()

file(GLOB programs CONFIGURE_DEPENDS ${examples}/*.cpp)
foreach(program IN LISTS programs)
  get_filename_component(name ${program} NAME_WE)
  if(TARGET accrue_example_${name})
    accrue_add_example_test(${name}.txt $<TARGET_FILE:accrue_example_${name}>)
  endif()
endforeach()

if(TARGET accrue_cli)
  set(inputs_position_ids --in mask=data/mask.npy)
  set(inputs_sequence_offsets --in lengths=data/lengths.npy)
  set(inputs_drawdown --in price=data/prices.npy)
  set(inputs_summed_area --in height=data/elevation.npy)
  file(GLOB scripts CONFIGURE_DEPENDS ${examples}/*.acr)
  foreach(script IN LISTS scripts)
    get_filename_component(name ${script} NAME_WE)
    accrue_add_example_test(${name}.acr.txt $<TARGET_FILE:accrue_cli> run ${name}.acr ${inputs_${name}})
  endforeach()
endif()
