#pragma once

// One header for Catch2 2 and 3. Tests include this and nothing of Catch2's own.
#include <string>

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_approx.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <catch2/matchers/catch_matchers_all.hpp>
using Catch::Matchers::ContainsSubstring;
#else
#include <catch2/catch.hpp>
namespace Catch {
using Detail::Approx;
}
inline auto ContainsSubstring(const std::string& text) { return Catch::Matchers::Contains(text); }
#endif
