// Cases that are files of text: a title, a script, and what must come of it.
#pragma once

#include <string>
#include <vector>

namespace accrue::test {

struct ScriptCase {
  std::string title;
  std::string option;  // behind " | " in the title's line: "entry=g", or a dim's length "n=3"; often empty
  std::string script;
  std::string expected;  // a dump without comments, or the whole message
};

/// The cases of a file, whose lines are "==== title | option", the script, "----", the expectation.
///   throws  std::runtime_error: the file is not there or holds no case
std::vector<ScriptCase> read_script_cases(const std::string& path);

/// All of golden/scripts.
std::vector<ScriptCase> all_script_cases(const std::string& folder);

}  // namespace accrue::test
