#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tappet::app {

/// What is wrong with a text of the command line that becomes a value: it is not UTF-8. Empty when nothing
/// is; a check of an option.
std::string text_problem(const std::string& text);

using Pair = std::pair<std::string, std::string>;

/// "NAME=VALUE" taken apart; nothing where there is no '=' or no name before it.
std::optional<Pair> parse_assignment(std::string_view text);
/// A header field: "NAME:VALUE", or "NAME=VALUE" as for other options; blanks around the value are not part
/// of it, and it may be empty. Nothing where that cannot be sent: the name is no token of HTTP (RFC 9110,
/// 5.6.2), or the value holds a control character.
std::optional<Pair> parse_header(std::string_view text);

/// 'it' for a shell: one word, whatever it holds. What a terminal would take for control characters is
/// written as bash's $'\xNN'.
std::string shell_quoted(std::string_view text);

}  // namespace tappet::app
