#pragma once
#include "base/error.hpp"

namespace tappet::app {

/// How the process ends (PRODUCT.md section 5).
enum class Exit : int {
    ok = 0,
    failed = 1,  ///< the thing asked for failed
    usage = 2,
    invalid_flow = 3,
    not_permitted = 4,
    not_found = 5,
    conflict = 6,
    timed_out = 7,
    unreachable = 8,  ///< no server answers
    internal = 70,
};

/// The exit that says what an error says.
Exit exit_of(const Error& error);

}  // namespace tappet::app
