#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "flowtest/result.hpp"

namespace tappet::flowtest {

/// The results as JUnit's XML, which build servers read: a suite for each file, an error for a file that
/// could not be played. Well formed whatever the texts hold.
std::string junit(const std::vector<SuiteResult>& suites);

/// A text as XML 1.0 may hold it, in content and in attributes: markup and ends of lines escaped, U+FFFD for
/// what XML has no way to write (control characters, U+FFFE, U+FFFF) and for what is no UTF-8.
std::string xml_text(std::string_view text);

}  // namespace tappet::flowtest
