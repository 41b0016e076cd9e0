#include "brute_force.hpp"

#include <algorithm>
#include <chrono>

namespace tappet::schedules {
namespace {

constexpr std::int64_t kDay = 86'400;

class Search {
public:
    Search(const Spec& spec, const std::vector<Span>& spans, Policy policy)
        : spec_(spec), spans_(spans), policy_(policy) {}

    void day(std::int64_t midnight) {
        // What a wall time of this day can be in UTC lies within a day of it.
        while (first_ + 1 < spans_.size() && spans_[first_].end < midnight - kDay) ++first_;
        for (int minute = 0; minute < 1440; ++minute)
            if (spec_.hour[static_cast<std::size_t>(minute / 60)] &&
                spec_.minute[static_cast<std::size_t>(minute % 60)])
                this->minute(midnight + minute * 60);
    }
    std::vector<std::int64_t> found;

private:
    void minute(std::int64_t wall) {
        int times = 0;
        std::int64_t after = 0;
        for (std::size_t i = first_; i < spans_.size() && spans_[i].begin <= wall + 2 * kDay; ++i) {
            const Span& span = spans_[i];
            if (span.begin + span.offset > wall && after == 0) after = span.begin;
            if (wall < span.begin + span.offset || wall >= span.end + span.offset) continue;
            if (++times == 1 || policy_.both || spec_.repeats) add(wall - span.offset);
        }
        if (times == 0 && policy_.run_after && after != 0) found.push_back(after);
    }
    void add(std::int64_t minute) {
        for (int second = 0; second < 60; ++second)
            if (spec_.second[static_cast<std::size_t>(second)]) found.push_back(minute + second);
    }

    const Spec& spec_;
    const std::vector<Span>& spans_;
    Policy policy_;
    std::size_t first_ = 0;
};

}  // namespace

std::vector<std::int64_t> brute_force(const Spec& spec, const std::vector<Span>& spans, Policy policy,
                                      std::int64_t begin, std::int64_t end) {
    Search search(spec, spans, policy);
    for (std::int64_t day = begin / kDay - 1; day <= end / kDay + 1; ++day) {
        const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
        if (spec.names(int(date.year()), static_cast<int>(unsigned(date.month())),
                       static_cast<int>(unsigned(date.day()))))
            search.day(day * kDay);
    }
    auto& found = search.found;
    std::erase_if(found, [&](std::int64_t at) { return at < begin || at >= end; });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return std::move(found);
}

}  // namespace tappet::schedules
