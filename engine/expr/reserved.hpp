#pragma once
#include <string_view>

namespace tappet::expr {

/// true, false, null, in: words of the grammar, not even fields after a dot.
bool is_literal_word(std::string_view word);
/// Those, and the words that CEL reserves: no identifier, but fine after a dot.
bool is_keyword(std::string_view word);

}  // namespace tappet::expr
