#include <charconv>

#include "store/sqlite/settings.hpp"

namespace tappet::store::sqlite {
namespace {

/// Times as text: "1700000000000 1700000001000".
std::string text_of(const std::vector<TimeMs>& times) {
    std::string out;
    for (const TimeMs time : times) out += (out.empty() ? "" : " ") + std::to_string(time.ms);
    return out;
}

std::vector<TimeMs> times_of(std::string_view text) {
    std::vector<TimeMs> out;
    const char *at = text.data(), *end = at + text.size();
    for (TimeMs time; at < end; out.push_back(time)) {
        const auto [stop, failed] = std::from_chars(at, end, time.ms);
        if (failed != std::errc()) break;
        at = stop + 1;
    }
    return out;
}

}  // namespace

Result<void> write_plugin(Connection& db, const PluginRecord& record) {
    Query query = db.use(
        "INSERT OR REPLACE INTO plugin (name, hash, file, recent, crashes, what, quarantined) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)");
    const std::string recent = text_of(record.recent);
    query.bind(record.name, record.hash, record.file, recent, static_cast<std::int64_t>(record.crashes),
               record.what, record.quarantined.ms);
    if (!query.run()) return query.error();
    return {};
}

Result<void> delete_plugin(Connection& db, const std::string& name, const std::string& hash) {
    Query query = db.use("DELETE FROM plugin WHERE name = ? AND hash = ?");
    query.bind(name, hash);
    if (!query.run()) return query.error();
    return {};
}

Result<std::vector<PluginRecord>> read_plugins(Connection& db) {
    std::vector<PluginRecord> out;
    Query query =
        db.use("SELECT name, hash, file, recent, crashes, what, quarantined FROM plugin ORDER BY name, hash");
    while (query.row()) {
        PluginRecord record;
        record.name = query.text(0);
        record.hash = query.text(1);
        record.file = query.text(2);
        record.recent = times_of(query.text(3));
        record.crashes = static_cast<std::uint64_t>(query.integer(4));
        record.what = query.text(5);
        record.quarantined = {query.integer(6)};
        out.push_back(std::move(record));
    }
    if (!query.ok()) return query.error();
    return out;
}

}  // namespace tappet::store::sqlite
