#include <array>

#include "base/time_text.hpp"
#include "flow/compiler.hpp"
#include "schedule/cron.hpp"
#include "schedule/timetable.hpp"
#include "schedule/zone.hpp"

namespace tappet::flow {
namespace {

constexpr std::array<std::string_view, 2> kDurations{"maxLateness", "jitter"};

void wrong_duration(Compiler& c, const YamlPair& pair) {
    c.findings.error(pair.value.range, "wrong-duration",
                     "`" + pair.key + "` must be a duration, such as 30s, 5m, 2h or 3d");
}

void check_cron(Compiler& c, const YamlPair& pair) {
    const auto cron = schedule::Cron::parse(pair.value.text);
    if (!cron)
        c.findings.error(pair.value.range, "wrong-value", cron.error().message);
    else if (cron->never())
        c.refuse_start(pair.value.range, "wrong-value", "`cron` names no date of any year: it never fires");
}

void check_every(Compiler& c, const YamlPair& pair) {
    const auto interval = parse_duration(pair.value.text);
    if (!interval) return wrong_duration(c, pair);
    if (const auto table = schedule::Timetable::every(*interval); !table)
        c.refuse_start(pair.value.range, "wrong-value", table.error().message);
}

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
    if (const YamlPair* cron = literal("cron")) check_cron(c, *cron);
    if (const YamlPair* every = literal("every")) check_every(c, *every);
    if (const YamlPair* zone = literal("timezone"))
        if (const auto read = schedule::Zone::load(zone->value.text);
            !read && read.error().code == ErrorCode::invalid)
            c.findings.error(zone->value.range, "wrong-value", "`timezone`: " + read.error().message);
    for (const std::string_view name : kDurations)
        if (const YamlPair* pair = literal(name); pair && !parse_duration(pair->value.text))
            wrong_duration(c, *pair);
}

}  // namespace tappet::flow
