#pragma once
#include <string>
#include <string_view>

#include "flow/yaml.hpp"

namespace tappet::flow {

/// The member of a YAML value that a JSON pointer leads to, as far as it is there.
struct YamlPlace {
    const YamlNode* node;
    const YamlPair* pair = nullptr;  ///< null for the whole and for items of lists
    bool whole = true;               ///< the pointer led all the way
    std::string missing;             ///< the first part that is not there
};

YamlPlace locate(const YamlNode& root, std::string_view pointer);

/// A token of a JSON pointer as the key that it stands for.
std::string pointer_part(std::string_view part);

}  // namespace tappet::flow
