#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "flow/yaml.hpp"

namespace tappet::flow {

/// Where each byte of a scalar's text begins in the source, in bytes, and last where the scalar ends (its
/// quote included).
struct TextPlaces {
    std::vector<std::size_t> bytes;
    std::size_t text_end = 0;  ///< one past the last byte that belongs to the text
    std::size_t end = 0;
};
TextPlaces place_text(std::string_view source, const YamlNode& scalar);

}  // namespace tappet::flow
