#pragma once
#include <functional>

namespace tappet::trigger {

/// Runs work() on a thread that may block, then then() on the loop's thread.
using Offload = std::function<void(std::function<void()> work, std::function<void()> then)>;

/// Both at once and here: where there is no loop to hold up.
inline void at_once(const std::function<void()>& work, const std::function<void()>& then) {
    work();
    then();
}

}  // namespace tappet::trigger
