#include "clock_changes.hpp"

#include <cstdlib>
#include <ctime>

namespace tappet::schedules {
namespace {

std::int64_t offset_at(std::int64_t at) {
    const std::time_t time = at;
    std::tm shown{};
    localtime_r(&time, &shown);
    return shown.tm_gmtoff;
}

}  // namespace

std::vector<Span> spans_of(const char* zone, std::int64_t begin, std::int64_t end) {
    setenv("TZ", zone, 1);
    tzset();
    std::vector<Span> out{{begin, end, offset_at(begin)}};
    for (std::int64_t hour = begin; hour < end; hour += 3600) {
        if (offset_at(hour + 3600) == out.back().offset) continue;
        for (std::int64_t at = hour; at < hour + 3600; at += 60)
            if (const std::int64_t offset = offset_at(at + 60); offset != out.back().offset) {
                out.back().end = at + 60;
                out.push_back({at + 60, end, offset});
            }
    }
    return out;
}

}  // namespace tappet::schedules
