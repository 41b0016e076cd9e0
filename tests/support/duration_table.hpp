#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace tappet::testing {

/// Durations as the language writes them. Whoever reads durations reads these alike: the engine, and the
/// plugins, which cannot share its code.
struct DurationCase {
    std::string_view text;
    std::int64_t ms;  ///< -1: not a duration
};

inline constexpr std::array kDurations{
    DurationCase{"500ms", 500},
    DurationCase{"5s", 5'000},
    DurationCase{"10m", 600'000},
    DurationCase{"2h", 7'200'000},
    DurationCase{"3d", 259'200'000},
    DurationCase{"1h30m", 5'400'000},
    DurationCase{"1d2h3m4s5ms", 93'784'005},
    DurationCase{"0s", 0},
    DurationCase{"1.5s", 1'500},
    DurationCase{"0.0004s", 0},
    DurationCase{"0.0005s", 1},
    DurationCase{"0.1s", 100},
    DurationCase{"0.5ms", 1},
    DurationCase{"PT1H30M", 5'400'000},
    DurationCase{"PT1.5S", 1'500},
    DurationCase{"P3D", 259'200'000},
    DurationCase{"P1W", 604'800'000},
    DurationCase{"P1DT0.5S", 86'400'500},
    DurationCase{"36500d", 3'153'600'000'000},
    // No settled length, or no ISO 8601 at all.
    DurationCase{"P", -1},
    DurationCase{"PT", -1},
    DurationCase{"P1", -1},
    DurationCase{"P1M", -1},
    DurationCase{"P1Y", -1},
    DurationCase{"P1H", -1},
    DurationCase{"PT1D", -1},
    DurationCase{"PTT1S", -1},
    DurationCase{"P1DT", -1},
    DurationCase{"-P1D", -1},
    DurationCase{"PT-1S", -1},
    DurationCase{"p1d", -1},
    DurationCase{"PT1S1H", -1},
    DurationCase{"", -1},
    DurationCase{"5", -1},
    DurationCase{"s", -1},
    DurationCase{"-5s", -1},
    DurationCase{"+5s", -1},
    DurationCase{"5 s", -1},
    DurationCase{" 5s", -1},
    DurationCase{"5s ", -1},
    DurationCase{"5sec", -1},
    DurationCase{"5S", -1},
    DurationCase{"1.2.3s", -1},
    DurationCase{".s", -1},
    DurationCase{"30m1h", -1},
    DurationCase{"1s1s", -1},
    DurationCase{"1e3s", -1},
    DurationCase{"1s2", -1},
    DurationCase{"1h30", -1},
    // Beyond a hundred years.
    DurationCase{"36601d", -1},
    DurationCase{"99999999999999999d", -1},
    DurationCase{"9999999999999999999999999d", -1},
};

}  // namespace tappet::testing
