#pragma once
#include <algorithm>
#include <chrono>

namespace tappet::trigger {

/// A token bucket: `per_second` events on average, in bursts of at most `burst`; by default as many as a
/// second gives, at least one. 0: no limit.
class Rate {
public:
    explicit Rate(double per_second) : Rate(per_second, std::max(per_second, 1.0)) {}
    Rate(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}
    /// Takes a token at monotonic time `now`; false when there is none.
    bool take(std::chrono::nanoseconds now) {
        if (per_second_ <= 0) return true;
        const double passed = std::chrono::duration<double>(now - last_).count();
        last_ = now;
        tokens_ = std::min(burst_, tokens_ + std::max(0.0, passed) * per_second_);
        if (tokens_ < 1) return false;
        tokens_ -= 1;
        return true;
    }

private:
    double per_second_;
    double burst_;
    double tokens_;
    std::chrono::nanoseconds last_{0};
};

}  // namespace tappet::trigger
