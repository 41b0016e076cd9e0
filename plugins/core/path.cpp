#include "path.hpp"

#include <algorithm>

namespace core {
namespace {

constexpr std::size_t kIndexDigits = 9;

/// What stands between brackets at `at` (behind the opening one); moves behind the closing one.
std::optional<PathPart> bracket(std::string_view text, std::size_t& at) {
    PathPart part;
    if (at < text.size() && (text[at] == '"' || text[at] == '\'')) {
        const std::size_t end = text.find(text[at], at + 1);
        if (end == std::string_view::npos || end + 1 >= text.size() || text[end + 1] != ']')
            return std::nullopt;
        part.key = text.substr(at + 1, end - at - 1);
        at = end + 2;
        return part;
    }
    const std::size_t end = text.find(']', at);
    if (end == std::string_view::npos || end == at || end - at > kIndexDigits) return std::nullopt;
    std::size_t index = 0;
    for (; at < end; ++at) {
        if (text[at] < '0' || text[at] > '9') return std::nullopt;
        index = index * 10 + static_cast<std::size_t>(text[at] - '0');
    }
    part.index = index;
    ++at;
    return part;
}

}  // namespace

std::optional<std::vector<PathPart>> parse_path(std::string_view text) {
    std::vector<PathPart> out;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '[') {
            ++at;
            auto part = bracket(text, at);
            if (!part) return std::nullopt;
            out.push_back(std::move(*part));
            continue;
        }
        if (!out.empty()) {
            if (text[at] != '.') return std::nullopt;
            ++at;
        }
        const std::size_t end = std::min(text.find_first_of(".[", at), text.size());
        if (end == at) return std::nullopt;
        PathPart part;
        part.key = text.substr(at, end - at);
        out.push_back(std::move(part));
        at = end;
    }
    if (out.empty()) return std::nullopt;
    return out;
}

}  // namespace core
