#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace tappet::store {

/// Looks a database over without changing it (quick_check): what it holds, in a line; corrupt when pages are
/// damaged.
Result<std::string> check_sqlite(const std::string& path);
/// The id of the key that the database's values are sealed with; nothing where it remembers none.
Result<std::optional<std::uint32_t>> key_of_sqlite(const std::string& path);
/// The version of the library that is linked.
std::string sqlite_version();

}  // namespace tappet::store
