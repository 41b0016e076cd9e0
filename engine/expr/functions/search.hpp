#pragma once
#include <string_view>

namespace tappet::expr {

/// The byte offset of the first occurrence from `from` on; npos when there is none. Linear in both lengths,
/// whatever the texts are, for both may come from a sender.
std::size_t find_text(std::string_view text, std::string_view part, std::size_t from = 0);

/// The byte offset of the last occurrence that begins at or before `last`; npos when there is none. Linear
/// too.
std::size_t find_last_text(std::string_view text, std::string_view part,
                           std::size_t last = std::string_view::npos);

}  // namespace tappet::expr
