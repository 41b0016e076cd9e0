// Any text is a cron or an error that says where; what a cron gives rises, and ends. The bytes after a zero
// are read as the rule of a zone and as a zone's file.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schedule/cron.hpp"
#include "schedule/posix_zone.hpp"
#include "schedule/zone_table.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace tappet::schedule;
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::string_view text = all.substr(0, all.find('\0'));
    if (text.size() < all.size()) {
        (void)posix_changes(all.substr(text.size() + 1), 2027, 2030);
        (void)read_zone_table(all.substr(text.size() + 1), 2030);
    }
    const auto cron = Cron::parse(text);
    if (!cron) {
        if (!cron.error().message.starts_with("cron: ")) std::abort();
        return 0;
    }
    WallTime at{std::chrono::seconds(1'800'000'000)};
    for (int i = 0; i < 5; ++i) {
        const auto next = cron->next(at);
        if (!next) {
            // A cron that names any day comes back within the 40 years around a century without leap day.
            if (!cron->never()) std::abort();
            return 0;
        }
        if (*next < at || cron->never()) std::abort();
        at = *next + std::chrono::seconds(1);
    }
    return 0;
}
