#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "store/outgoing.hpp"

namespace tappet::outgoing {

/// How long after each attempt that failed the next one is, at least.
inline constexpr std::array<std::chrono::seconds, 7> kWaits{
    std::chrono::seconds(5), std::chrono::minutes(5), std::chrono::minutes(30), std::chrono::hours(2),
    std::chrono::hours(5),   std::chrono::hours(10),  std::chrono::hours(10)};
inline constexpr std::uint32_t kMaxAttempts = kWaits.size() + 1;
inline constexpr double kJitter = 0.1;                  ///< by how much of it a wait may be longer
inline constexpr std::chrono::hours kLongestAsked{24};  ///< of what a Retry-After may add

/// So many failures disable an address at least, however much time the wall clock says has passed. Those
/// within kFailuresApart count once: messages fail together, and are due together once the clock jumps.
inline constexpr std::uint32_t kLeastFailures = 5;
inline constexpr std::chrono::minutes kFailuresApart{1};

/// What came of one attempt.
struct Answer {
    int status = 0;     ///< 0: there was none
    std::string error;  ///< why there was none
    std::optional<std::chrono::milliseconds> retry_after;
};

/// The state of a message after an attempt, its `attempts` counted before it.
store::OutgoingState judge(std::uint32_t attempts, const Answer& answer, TimeMs now, Random& random);

/// Failures of an address since its last success, as far as this process saw them.
struct Failures {
    std::uint32_t counted = 0;         ///< up to kLeastFailures
    std::chrono::nanoseconds last{0};  ///< of those; monotonic
};

/// The same moment by both clocks.
struct Moment {
    TimeMs wall;
    std::chrono::nanoseconds steady{0};
};

/// Changes what is kept of an endpoint, and its failures, by the answer; whether the first is to be written.
/// Disabled where the answer is 410, or where it has only failed for `disable_after`, kLeastFailures times.
bool judge_endpoint(store::OutgoingEndpoint& endpoint, Failures& failures, const Answer& answer, Moment now,
                    std::chrono::milliseconds disable_after);

inline bool is_delivered(const Answer& answer) { return answer.status >= 200 && answer.status < 300; }
/// "status 503", or why there was no answer.
std::string text_of(const Answer& answer);

}  // namespace tappet::outgoing
