#pragma once
#include <algorithm>
#include <chrono>

namespace tappet::trigger {

/// A token bucket: `per_second` events on average, bursts of as many as a second gives, at least one. 0: no
/// limit.
class Rate {
public:
    explicit Rate(double per_second) : per_second_(per_second), tokens_(std::max(per_second, 1.0)) {}
    /// Takes a token at monotonic time `now`; false when there is none.
    bool take(std::chrono::nanoseconds now) {
        if (per_second_ <= 0) return true;
        const double passed = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        tokens_ = std::min(std::max(per_second_, 1.0), tokens_ + std::max(0.0, passed) * per_second_);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

private:
    double per_second_;
    double tokens_;
    std::chrono::nanoseconds last_{0};
};

}  // namespace tappet::trigger
