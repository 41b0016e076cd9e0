#include "schedule/zone_table.hpp"

#include <chrono>
#include <limits>

namespace tappet::schedule {
namespace {

constexpr std::size_t kHead = 44;

/// Numbers in network order.
std::int64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t out = static_cast<unsigned char>(bytes[at]) & 0x80 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < size; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
    return static_cast<std::int64_t>(out);
}

struct Head {
    std::size_t utc_flags = 0, wall_flags = 0, leaps = 0, changes = 0, types = 0, letters = 0;
    std::size_t body(std::size_t time) const {
        return changes * (time + 1) + types * 6 + letters + leaps * (time + 4) + wall_flags + utc_flags;
    }
};

/// The head at the beginning of the bytes, where its body is there, too.
bool read_head(std::string_view bytes, std::size_t time, Head& out) {
    if (bytes.size() < kHead || !bytes.starts_with("TZif")) return false;
    std::size_t at = 20;
    for (std::size_t* count :
         {&out.utc_flags, &out.wall_flags, &out.leaps, &out.changes, &out.types, &out.letters}) {
        *count = static_cast<std::uint32_t>(number(bytes, at, 4));
        if (*count > 100'000) return false;
        at += 4;
    }
    return bytes.size() - kHead >= out.body(time);
}

void append(std::vector<OffsetChange>& to, OffsetChange change) {
    if (to.back().at == change.at) to.pop_back();
    if (to.empty() || to.back().offset != change.offset) to.push_back(change);
}

int year_of(std::int64_t at) {
    using namespace std::chrono;
    return int(year_month_day(floor<days>(sys_seconds(seconds(at)))).year());
}

Error broken(const char* what) { return Error::corrupt(std::string("no time zone file: ") + what); }

}  // namespace

Result<std::vector<OffsetChange>> read_zone_table(std::string_view bytes, int last) {
    Head head;
    if (!read_head(bytes, 4, head)) return broken("its head is malformed");
    if (bytes[4] < '2') return broken("version 1 has 32 bits for times; versions from 2 on are read");
    bytes.remove_prefix(kHead + head.body(4));
    if (!read_head(bytes, 8, head) || head.types == 0) return broken("its second head is malformed");
    const std::size_t kinds = kHead + head.changes * 8, types = kinds + head.changes;
    const auto offset = [&](std::size_t type) {
        return static_cast<int>(number(bytes, types + type * 6, 4));
    };

    constexpr std::int64_t kAlways = std::numeric_limits<std::int64_t>::min();
    std::vector<OffsetChange> out{{kAlways, offset(0)}};
    std::int64_t end = kAlways;
    for (std::size_t i = 0; i < head.changes; ++i) {
        const auto type = static_cast<unsigned char>(bytes[kinds + i]);
        const std::int64_t at = number(bytes, kHead + i * 8, 8);
        if (type >= head.types || (i > 0 && at <= end)) return broken("its changes are malformed");
        end = at;
        append(out, {at, offset(type)});
    }
    const std::string_view tail = bytes.substr(kHead + head.body(8));
    if (tail.size() < 2 || !tail.starts_with('\n') || !tail.ends_with('\n'))
        return broken("the rule at its end is missing");
    const std::string_view rule = tail.substr(1, tail.size() - 2);
    if (rule.empty()) return out;
    const int first = head.changes == 0 ? 1900 : year_of(std::max<std::int64_t>(end, -5'000'000'000));
    const auto later = posix_changes(rule, std::min(first, last), last);
    if (!later) return broken("the rule at its end is malformed");
    if (head.changes == 0) out = {later->front()};
    for (const OffsetChange& change : *later)
        if (change.at > end && change.at != kAlways) append(out, change);
    return out;
}

}  // namespace tappet::schedule
