#pragma once
#include <string>

#include "expr/value.hpp"

namespace tappet::app {

std::string version();
/// Version, compiler and libraries.
Value version_document();

}  // namespace tappet::app
