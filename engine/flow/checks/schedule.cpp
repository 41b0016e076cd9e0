#include <array>

#include "base/time_text.hpp"
#include "flow/compiler.hpp"
#include "schedule/cron.hpp"
#include "schedule/zone.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 3> kDurations{"every", "maxLateness", "jitter"};

}  // namespace

void check_schedule(Compiler& c, const YamlNode& with, Range at) {
    const auto literal = [&](std::string_view name) -> const YamlPair* {
        const YamlPair* pair = with.is(YamlKind::mapping) ? with.find(name) : nullptr;
        return pair && pair->value.is(YamlKind::string) && pair->value.text.find("${{") == std::string::npos
                   ? pair
                   : nullptr;
    };
    const bool map = with.is(YamlKind::mapping);
    if (map && (with.find("cron") != nullptr) == (with.find("every") != nullptr))
        c.findings.error(at, "missing-key", "a schedule has either `cron` or `every` in its `with`");
    if (const YamlPair* cron = literal("cron"))
        if (const auto read = schedule::Cron::parse(cron->value.text); !read)
            c.findings.error(cron->value.range, "wrong-value", read.error().message);
    if (const YamlPair* zone = literal("timezone"))
        if (const auto read = schedule::Zone::load(zone->value.text);
            !read && read.error().code == ErrorCode::invalid)
            c.findings.error(zone->value.range, "wrong-value", "`timezone`: " + read.error().message);
    for (const std::string_view name : kDurations)
        if (const YamlPair* pair = literal(name); pair && !parse_duration(pair->value.text))
            c.findings.error(pair->value.range, "wrong-duration",
                             "`" + pair->key + "` must be a duration, such as 30s, 5m, 2h or 3d");
}

}  // namespace tappet::flow
