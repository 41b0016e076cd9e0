#pragma once
#include <string>
#include <vector>

#include "plugin/manifest.hpp"

namespace tappet::plugin::check {

/// What a manifest that loads says all the same and nobody reads: keys that docs/ABI.md does not know, values
/// that it does not list, and keys of one kind of trigger at another. One line each.
std::vector<std::string> manifest_faults(const Manifest& manifest);

}  // namespace tappet::plugin::check
