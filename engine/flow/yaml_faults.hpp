#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace tappet::flow {

/// What is wrong with a text that is no YAML, in bytes of the source.
struct YamlFault {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string code;
    std::string message;
    std::string suggestion;
};

/// Says what the parser stumbled over at `at`: as what the author most likely meant where the line shows it
/// (an expression that is not quoted, a tab), else in the parser's own words.
YamlFault explain_fault(std::string_view source, std::size_t at, const std::string& message);

/// Whether the `!` at `at` was meant as text: "!has(x)", but not "!!str" or "!<tag:…>".
bool is_text_read_as_tag(std::string_view source, std::size_t at);
/// Where a text that was not quoted ends on its line: before a comment, and inside brackets before the comma
/// or bracket that ends it.
std::size_t end_of_text_on_line(std::string_view source, std::size_t at, bool in_flow);
/// The text in double quotes.
std::string quoted(std::string_view text);

/// The length of the word at `at` that YAML reads as null; 0 for any other.
std::size_t null_word(std::string_view source, std::size_t at);
/// Past the next dash of a list after `from`; `from` itself when something else comes first.
std::size_t end_of_dash(std::string_view source, std::size_t from);

}  // namespace tappet::flow
