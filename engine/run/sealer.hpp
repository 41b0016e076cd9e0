#pragma once
#include "expr/sealer.hpp"

namespace tappet::run {

/// Secrets in the journal go through it before they reach the disk.
using tappet::Sealer;

}  // namespace tappet::run
