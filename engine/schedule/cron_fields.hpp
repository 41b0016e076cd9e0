#pragma once
#include <array>
#include <chrono>
#include <cstdint>

namespace tappet::schedule {

/// What a cron text says, as sets of numbers: bit n of a field stands for the number n.
struct CronFields {
    std::uint64_t seconds = 0, minutes = 0;
    std::uint32_t hours = 0;
    std::uint16_t months = 0;  ///< bits 1 to 12

    std::uint32_t days = 0;            ///< of the month, bits 1 to 31
    std::uint32_t days_from_last = 0;  ///< `L-n`: bit n, 0 to 30
    std::uint8_t near_day = 0;         ///< `nW`: 1 to 31, or 0
    std::int8_t near_from_last = -1;   ///< `L-nW`: 0 to 30, or -1

    std::uint8_t weekdays = 0;                  ///< bits 0 (Sunday) to 6
    std::array<std::uint8_t, 5> nth_weekday{};  ///< `d#n`: bit d of entry n - 1
    std::uint8_t last_weekday = 0;              ///< `dL`: bit d

    /// Whether the field begins with `*` or is `?`. Where neither does, a day needs to be in one of the two
    /// fields; where one does, in both.
    bool day_star = false, weekday_star = false;
    /// Whether seconds, minutes or hours have a `*`, a range or a step.
    bool repeats = false;
};

/// The days of a month that the fields name, bits 1 to 31, without asking for the month itself.
std::uint32_t days_of(const CronFields& fields, std::chrono::year_month month);

}  // namespace tappet::schedule
