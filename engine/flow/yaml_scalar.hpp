#pragma once
#include <string_view>

#include "flow/yaml.hpp"

namespace tappet::flow {

/// Gives a plain scalar its kind and value by YAML 1.2's core schema (section 10.3.2 of its specification).
void resolve_plain(YamlNode& scalar);

}  // namespace tappet::flow
