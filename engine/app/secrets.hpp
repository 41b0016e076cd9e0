#pragma once
#include <optional>
#include <string_view>

#include "expr/value.hpp"

namespace tappet::app {

/// secrets.NAME: the environment's TAPPET_SECRET_NAME, marked secret; nothing when it is not set.
std::optional<Value> find_secret(std::string_view tenant, std::string_view name);

}  // namespace tappet::app
