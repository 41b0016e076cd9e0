#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

/// One step of a path: a key, or an index into a list.
struct PathPart {
    std::string key;
    std::optional<std::size_t> index;  ///< key is empty then
};

/// Reads a path such as a.b[0].c or a["key with . in it"]; nothing when it is malformed.
std::optional<std::vector<PathPart>> parse_path(std::string_view text);

}  // namespace core
