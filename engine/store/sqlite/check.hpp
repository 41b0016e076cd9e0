#pragma once
#include <string>

#include "base/result.hpp"

namespace tappet::store {

/// Looks a database over without changing it (quick_check): what it holds, in a line; corrupt when pages are
/// damaged.
Result<std::string> check_sqlite(const std::string& path);
/// The version of the library that is linked.
std::string sqlite_version();

}  // namespace tappet::store
