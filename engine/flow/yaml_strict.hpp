#pragma once
#include <cstddef>
#include <optional>
#include <string_view>

#include "flow/yaml_faults.hpp"

namespace tappet::flow {

// What YAML forbids and the parser lets pass.

/// A block text (`|`, `>`) at `at` whose head goes on with something else than a blank or the line's end.
std::optional<YamlFault> loose_block_head(std::string_view source, std::size_t at);

/// A line of the quoted text from `begin` to `end` that is not indented more than the map or list that holds
/// it, which begins at `holder`.
std::optional<YamlFault> shallow_line(std::string_view source, std::size_t begin, std::size_t end,
                                      std::size_t holder);

/// A key of a map without brackets, from `begin` to `end`, that no colon follows.
std::optional<YamlFault> key_without_colon(std::string_view source, std::size_t begin, std::size_t end);

}  // namespace tappet::flow
