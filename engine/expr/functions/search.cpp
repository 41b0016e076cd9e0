#include "expr/functions/search.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace tappet::expr {

std::size_t find_text(std::string_view text, std::string_view part, std::size_t from) {
    if (from > text.size()) return std::string_view::npos;
    if (part.empty()) return from;
    const char* begin = text.data() + from;
    const void* found = ::memmem(begin, text.size() - from, part.data(), part.size());
    return found ? static_cast<std::size_t>(static_cast<const char*>(found) - text.data())
                 : std::string_view::npos;
}

std::size_t find_last_text(std::string_view text, std::string_view part, std::size_t last) {
    if (part.size() > text.size()) return std::string_view::npos;
    const std::size_t begin = std::min(last, text.size() - part.size());
    // Forwards in the mirrored texts, so that there is one linear search and not one per occurrence.
    const std::string_view range = text.substr(0, begin + part.size());
    const std::string mirrored(range.rbegin(), range.rend());
    const std::string wanted(part.rbegin(), part.rend());
    const std::size_t found = find_text(mirrored, wanted);
    return found == std::string_view::npos ? found : range.size() - found - part.size();
}

}  // namespace tappet::expr
