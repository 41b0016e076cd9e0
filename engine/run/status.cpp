#include "run/status.hpp"

#include <array>

namespace tappet::run {
namespace {
constexpr std::array<std::string_view, 7> kRun{"queued", "running",   "waiting",    "succeeded",
                                               "failed", "cancelled", "quarantined"};
constexpr std::array<std::string_view, 9> kStep{"pending", "running",   "retrying",
                                                "waiting", "succeeded", "failed",
                                                "skipped", "cancelled", "outcome_unknown"};
}  // namespace

std::string_view to_string(RunStatus status) { return kRun[static_cast<std::size_t>(status)]; }
std::string_view to_string(StepStatus status) { return kStep[static_cast<std::size_t>(status)]; }

std::optional<RunStatus> parse_run_status(std::string_view text) {
    for (std::size_t i = 0; i < kRun.size(); ++i)
        if (kRun[i] == text) return static_cast<RunStatus>(i);
    return std::nullopt;
}

}  // namespace tappet::run
