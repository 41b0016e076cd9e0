#include "store/sqlite/check.hpp"

#include "store/sqlite/connection.hpp"
#include "store/sqlite/schema.hpp"

namespace tappet::store {

Result<std::string> check_sqlite(const std::string& path) {
    using sqlite::Connection;
    auto opened = Connection::open(path, Connection::Mode::read, std::chrono::seconds(5));
    if (!opened) return opened.error();
    Connection& db = **opened;
    {
        sqlite::Query check = db.use("PRAGMA quick_check(1)");
        if (!check.row()) return check.error();
        if (check.text(0) != "ok") return Error::corrupt(path + " is damaged: " + std::string(check.text(0)));
    }
    const auto runs = db.number("SELECT count(*) FROM run");
    const auto open = db.number("SELECT count(*) FROM run WHERE status <> 3 AND status IN (0, 1, 2)");
    const auto pages =
        db.number("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()");
    if (!runs || !open || !pages) return Error::corrupt(path + " cannot be read");
    return std::to_string(*runs) + " runs, " + std::to_string(*open) + " open, " +
           std::to_string(*pages >> 20) + " MiB, checked";
}

Result<std::optional<std::uint32_t>> key_of_sqlite(const std::string& path) {
    auto opened = sqlite::Connection::open(path, sqlite::Connection::Mode::read, std::chrono::seconds(5));
    if (!opened) return opened.error();
    return sqlite::key_of(**opened);
}

std::string sqlite_version() { return sqlite3_libversion(); }

}  // namespace tappet::store
