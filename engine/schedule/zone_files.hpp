#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tappet::schedule {

/// The bytes of a zone's file; nothing where the folder holds no such file, or one of more than 1 MiB.
std::optional<std::string> zone_bytes(std::string_view folder, std::string_view name);
/// The names of all zones of a folder, sorted; empty where there is none.
std::vector<std::string> zone_names(std::string_view folder);

}  // namespace tappet::schedule
