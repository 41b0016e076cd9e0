#include "outgoing/judge.hpp"

#include <algorithm>

#include "base/time_text.hpp"

namespace tappet::outgoing {
namespace {

constexpr int kGone = 410, kTooMany = 429, kUnavailable = 503;

/// How long until the next attempt.
std::chrono::milliseconds wait_after(std::uint32_t attempt, const Answer& answer, Random& random) {
    const std::chrono::milliseconds least = kWaits[attempt - 1];
    const auto more = static_cast<std::int64_t>(kJitter * random.unit() * static_cast<double>(least.count()));
    std::chrono::milliseconds wait = least + std::chrono::milliseconds(more);
    const bool asks = answer.status == kTooMany || answer.status == kUnavailable;
    if (asks && answer.retry_after)
        wait = std::max(wait, std::min<std::chrono::milliseconds>(*answer.retry_after, kLongestAsked));
    return wait;
}

}  // namespace

std::string text_of(const Answer& answer) {
    return answer.status == 0 ? answer.error : "status " + std::to_string(answer.status);
}

store::OutgoingState judge(std::uint32_t attempts, const Answer& answer, TimeMs now, Random& random) {
    store::OutgoingState out;
    out.attempts = attempts + 1;
    out.tried = now;
    out.answer = answer.status;
    if (is_delivered(answer)) {
        out.status = store::OutgoingStatus::delivered;
        return out;
    }
    out.error = text_of(answer);
    if (answer.status == kGone || out.attempts >= kMaxAttempts)
        out.status = store::OutgoingStatus::failed;
    else
        out.due = now + wait_after(out.attempts, answer, random);
    return out;
}

bool judge_endpoint(store::OutgoingEndpoint& endpoint, Failures& failures, const Answer& answer, Moment now,
                    std::chrono::milliseconds disable_after) {
    const store::OutgoingEndpoint before = endpoint;
    if (is_delivered(answer)) {
        endpoint.failing_since = {};
        failures = {};
        if (endpoint.disabled.ms == 0) endpoint.reason.clear();
        return endpoint != before;
    }
    if (failures.counted < kLeastFailures &&
        (failures.counted == 0 || now.steady - failures.last >= kFailuresApart)) {
        ++failures.counted;
        failures.last = now.steady;
    }
    if (endpoint.failing_since.ms == 0) endpoint.failing_since = now.wall;
    if (endpoint.disabled.ms != 0) return endpoint != before;
    endpoint.reason = text_of(answer);
    if (answer.status == kGone) {
        endpoint.disabled = now.wall;
        endpoint.reason = "it answered 410: there is nobody there any more";
    } else if (now.wall - endpoint.failing_since >= disable_after && failures.counted >= kLeastFailures) {
        endpoint.disabled = now.wall;
        endpoint.reason = "every message has failed since " + to_rfc3339(endpoint.failing_since) +
                          ", the last one with: " + text_of(answer);
    }
    return endpoint != before;
}

}  // namespace tappet::outgoing
