#pragma once
#include <atomic>

#include "base/clock.hpp"

namespace tappet::flowtest {

/// When every case begins.
inline constexpr TimeMs kBegin{1'767'225'600'000};  // 2026-01-01T00:00:00Z

/// Time that passes when it is told to. It is set on the loop's thread and may be read on any.
class VirtualClock final : public Clock {
public:
    TimeMs now() const override { return {ms_.load(std::memory_order_relaxed)}; }
    std::chrono::nanoseconds steady() const override { return std::chrono::milliseconds(now() - kBegin); }
    void set(TimeMs now) { ms_.store(now.ms, std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> ms_{kBegin.ms};
};

}  // namespace tappet::flowtest
