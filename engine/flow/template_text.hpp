#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace tappet::flow {

/// A piece of a text with ${{ expressions }} in it. Offsets are bytes into the text.
struct TextPart {
    bool expression = false;
    std::string_view text;   ///< the literal, or what stands between ${{ and }}
    std::size_t offset = 0;  ///< of that text
    bool open = false;       ///< an expression whose }} is missing; its offset is that of the ${{
};

/// Splits a text. ${{ ends at the first }} outside CEL strings and brackets.
std::vector<TextPart> split_text(std::string_view text);

/// Where a CEL string that begins at `at` ends (one past its quote, or the size of the text when it is not
/// closed); `at` itself when none begins there.
std::size_t skip_cel_string(std::string_view text, std::size_t at);

}  // namespace tappet::flow
