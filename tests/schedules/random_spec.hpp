#pragma once
#include <array>
#include <random>
#include <string>

namespace tappet::schedules {

/// A cron text, and what it means as plain as can be said: made together, so that neither reads the other.
struct Spec {
    std::string text;
    std::array<bool, 60> second{}, minute{};
    std::array<bool, 24> hour{};
    std::array<bool, 13> month{};
    bool repeats = false;

    bool day_star = false, weekday_star = false;
    std::array<bool, 32> day{};
    int from_last = -1;  ///< L-n
    int near = 0;        ///< nW
    std::array<bool, 7> weekday{};
    int nth_day = -1, nth = 0;  ///< d#n
    int last_day = -1;          ///< dL

    /// Whether the date is one that the day fields and the month name.
    bool names(int year, int month, int day) const;
};

Spec random_spec(std::mt19937_64& chance);

}  // namespace tappet::schedules
