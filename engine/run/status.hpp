#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace tappet::run {

/// Where a run is. The order is stored: append only.
enum class RunStatus : std::uint8_t { queued, running, waiting, succeeded, failed, cancelled, quarantined };
/// Where a step is. The order is stored: append only.
enum class StepStatus : std::uint8_t {
    pending,
    running,
    retrying,
    waiting,
    succeeded,
    failed,
    skipped,
    cancelled,
    outcome_unknown
};

std::string_view to_string(RunStatus status);
std::string_view to_string(StepStatus status);
std::optional<RunStatus> parse_run_status(std::string_view text);

constexpr bool is_final(RunStatus s) {
    return s == RunStatus::succeeded || s == RunStatus::failed || s == RunStatus::cancelled ||
           s == RunStatus::quarantined;
}
constexpr bool is_final(StepStatus s) { return s >= StepStatus::succeeded; }

}  // namespace tappet::run
