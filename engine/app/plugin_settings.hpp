#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "expr/value.hpp"

namespace tappet::app {

/// A plugin's own settings (plugins.settings.<name>), each `{ secret: NAME }` in them replaced by the secret,
/// marked; an empty map where there are none. Fails as invalid, naming a secret that is not set.
Result<Value> plugin_settings(const std::map<std::string, Value>& settings, std::string_view plugin);

}  // namespace tappet::app
