#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "flow/catalog.hpp"
#include "plugin/host.hpp"

namespace tappet::plugin {

/// A plugin's manifest, read and checked.
struct Manifest {
    std::string name;
    std::string version;
    Value json;
    std::vector<std::shared_ptr<Action>> actions;  ///< in order: an action's place is its number
    std::vector<std::shared_ptr<Trigger>> triggers;
    bool app = false;                ///< has an address of its own, /hooks/@{name}
    std::vector<std::string> needs;  ///< services it cannot do without: "http/1"
};

/// Reads a manifest (docs/PLUGINS.md has its fields): names must be well formed and unique, schemas must
/// compile. Fields it does not know are left alone. The error names the place.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace tappet::plugin
