# accrue_embed_text(target name files...): the files' text, one behind the other, in the function
# std::string_view <name>() of namespace accrue::gpu that a generated source adds to the target.
function(accrue_embed_text target name)
  set(texts "")
  foreach(file IN LISTS ARGN)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(READ ${file} text)
    string(REPLACE "#pragma once\n" "" text "${text}")  # means nothing in a main file
    string(APPEND texts "R\"ACCRUE(${text})ACCRUE\"\n")
  endforeach()
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
#include <string_view>

namespace accrue::gpu {

std::string_view @name@() {
  return
@texts@;
}

}  // namespace accrue::gpu
]])
  target_sources(${target} PRIVATE ${source})
endfunction()
