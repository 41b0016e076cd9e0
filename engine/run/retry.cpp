#include <algorithm>
#include <cmath>

#include "run/decide.hpp"

namespace tappet::run {
namespace {
using std::chrono::milliseconds;
constexpr milliseconds kLongestRetryAfter{24LL * 3600 * 1000};

milliseconds backoff(const flow::RetryPolicy& policy, std::uint32_t failed_attempts, Random& random) {
    const auto initial = static_cast<double>(policy.initial.count());
    const auto cap = static_cast<double>(policy.cap.count());
    // The power may be infinite, and no number times 0.
    const double capped =
        initial > 0 ? std::min(initial * std::pow(policy.factor, failed_attempts - 1.0), cap) : 0;
    switch (policy.jitter) {
        case flow::Jitter::none:
            return milliseconds(static_cast<std::int64_t>(capped));
        case flow::Jitter::full:
            return milliseconds(static_cast<std::int64_t>(capped * random.unit()));
        case flow::Jitter::equal:
            return milliseconds(static_cast<std::int64_t>(capped / 2 + capped / 2 * random.unit()));
    }
    return milliseconds(0);
}

}  // namespace

std::optional<milliseconds> retry_delay(const flow::RetryPolicy& policy, const flow::RunError& error,
                                        std::uint32_t failed_attempts, milliseconds elapsed,
                                        std::optional<milliseconds> retry_after, Random& random) {
    if (failed_attempts >= policy.max_attempts) return std::nullopt;
    if (std::find(policy.on.begin(), policy.on.end(), error.error_class) == policy.on.end())
        return std::nullopt;
    milliseconds delay = backoff(policy, failed_attempts, random);
    if (policy.honour_retry_after && retry_after)
        delay = std::max(delay, std::min(*retry_after, kLongestRetryAfter));
    if (policy.max_elapsed.count() > 0 && elapsed + delay > policy.max_elapsed) return std::nullopt;
    return delay;
}

}  // namespace tappet::run
