#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "schedule/cron_fields.hpp"

namespace tappet::schedule {

/// What a clock on the wall shows, as if it went without changes; seconds since 1970-01-01T00:00:00 there.
using WallTime = std::chrono::local_seconds;

inline constexpr std::size_t kMaxCronText = 1000;  ///< bytes
/// The last year of schedules: none fires after it.
inline constexpr int kLastYear = 2399;

/// A cron text that has been read: a set of wall times. Immutable, any thread. docs/SCHEDULES.md is the
/// language for its users.
class Cron {
public:
    /// Reads five fields, six (seconds first) or a macro such as @daily. The error (invalid) says which
    /// field and column, what is wrong with it, and what may stand there.
    static Result<Cron> parse(std::string_view text);

    /// The first wall time at or after this one; nothing where none comes by the end of kLastYear. Looks at
    /// months, days, hours and so on in turn, at each at most once.
    std::optional<WallTime> next(WallTime from) const;
    /// No date is ever named, such as the 31st of February.
    bool never() const { return never_; }
    /// Seconds, minutes or hours have a `*`, a range or a step: what is meant is a rhythm, not a time of day.
    bool repeats() const { return fields_.repeats; }

private:
    explicit Cron(const CronFields& fields);
    CronFields fields_;
    bool never_;
};

}  // namespace tappet::schedule
