#pragma once
#include <cstdint>
#include <vector>

#include "clock_changes.hpp"
#include "random_spec.hpp"

namespace tappet::schedules {

struct Policy {
    bool run_after = true, both = false;
};

/// All instants of [begin, end) at which a spec fires, found by trying each minute that the zone's calendar
/// has or leaves out. The spans reach two days further on either side.
std::vector<std::int64_t> brute_force(const Spec& spec, const std::vector<Span>& spans, Policy policy,
                                      std::int64_t begin, std::int64_t end);

}  // namespace tappet::schedules
