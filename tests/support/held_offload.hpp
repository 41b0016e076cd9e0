#pragma once
#include <deque>
#include <functional>
#include <utility>

#include "trigger/offload.hpp"

namespace tappet::test {

/// A disk that answers at once, or, while it is held, when a test says so.
class HeldOffload {
public:
    trigger::Offload offload() {
        return [this](std::function<void()> work, std::function<void()> then) {
            asked_.emplace_back(std::move(work), std::move(then));
            if (!holds) release();
        };
    }
    /// Does all that was asked for.
    void release() {
        while (!asked_.empty()) {
            const auto [work, then] = std::move(asked_.front());
            asked_.pop_front();
            work();
            then();
        }
    }
    std::size_t waiting() const { return asked_.size(); }

    bool holds = false;

private:
    std::deque<std::pair<std::function<void()>, std::function<void()>>> asked_;
};

}  // namespace tappet::test
