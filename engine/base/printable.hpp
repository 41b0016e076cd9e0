#pragma once
#include <string>
#include <string_view>

namespace tappet {

/// The text as a terminal may be shown it: control characters (C0, DEL and C1) become '?', a tab a space, and
/// what is no UTF-8 U+FFFD. Data that is shown this way cannot steer the terminal. Each code point stays one.
std::string printable(std::string_view text);
/// The same, with the ends of lines kept.
std::string printable_lines(std::string_view text);

}  // namespace tappet
