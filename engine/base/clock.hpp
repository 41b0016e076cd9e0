#pragma once
#include <chrono>
#include <cstdint>

namespace tappet {

/// Wall time in whole milliseconds since 1970-01-01T00:00:00Z. What the journal, the API and timers speak.
struct TimeMs {
    std::int64_t ms = 0;
    friend constexpr auto operator<=>(TimeMs, TimeMs) = default;
    friend constexpr TimeMs operator+(TimeMs t, std::chrono::milliseconds d) { return {t.ms + d.count()}; }
    friend constexpr std::chrono::milliseconds operator-(TimeMs a, TimeMs b) {
        return std::chrono::milliseconds(a.ms - b.ms);
    }
};

/// Where time comes from. Everything below app/ is given one, so that the whole engine can run in virtual
/// time. Thread-safe.
class Clock {
public:
    virtual ~Clock() = default;
    /// Wall time; may jump when the machine's clock is set.
    virtual TimeMs now() const = 0;
    /// Monotonic time, for measuring and for deadlines; its zero has no meaning.
    virtual std::chrono::nanoseconds steady() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
public:
    TimeMs now() const override;
    std::chrono::nanoseconds steady() const override;
};

/// A clock that stands still until it is told to move. For tests and virtual time; one thread.
class ManualClock final : public Clock {
public:
    explicit ManualClock(TimeMs start = {1'700'000'000'000}) : now_(start) {}
    TimeMs now() const override { return now_; }
    std::chrono::nanoseconds steady() const override { return steady_; }
    void advance(std::chrono::milliseconds d) {
        now_ = now_ + d;
        steady_ += d;
    }

    /// Sets the wall clock, as people and daemons do.
    void set(TimeMs now) { now_ = now; }

private:
    TimeMs now_;
    std::chrono::nanoseconds steady_{0};
};

}  // namespace tappet
