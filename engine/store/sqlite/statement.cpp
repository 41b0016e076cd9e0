#include "store/sqlite/statement.hpp"

namespace tappet::store::sqlite {

Query::Query(Query&& other) noexcept
    : db_(other.db_), statement_(other.statement_), bound_(other.bound_), ok_(other.ok_) {
    other.statement_ = nullptr;
    other.ok_ = false;
}

Query::~Query() {
    if (!statement_) return;
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

bool Query::row() {
    if (!ok_) return false;
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    ok_ = code == SQLITE_DONE;
    return false;
}

bool Query::run() {
    while (row()) {
    }
    return ok_;
}

Error Query::error() const {
    return sql_error(db_, statement_ ? sqlite3_sql(statement_) : "preparing a statement");
}

std::string_view Query::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_, column);
    return {static_cast<const char*>(data),
            static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Uuid Query::id(int column) const { return Uuid::from_bytes(blob(column)).value_or(Uuid{}); }

void Query::put(std::string_view v) {
    // A null pointer would bind NULL: an empty text has an address too.
    keep(sqlite3_bind_text64(statement_, ++bound_, v.empty() ? "" : v.data(), v.size(), SQLITE_STATIC,
                             SQLITE_UTF8));
}

void Query::put(Blob v) {
    keep(sqlite3_bind_blob64(statement_, ++bound_, v.bytes.empty() ? "" : v.bytes.data(), v.bytes.size(),
                             SQLITE_STATIC));
}

Error sql_error(sqlite3* db, std::string_view while_doing) {
    const int code = sqlite3_extended_errcode(db);
    const char* file = sqlite3_db_filename(db, "main");
    std::string message = std::string(file && *file ? file : "database") + ": " + sqlite3_errmsg(db) + " (" +
                          std::to_string(code) + ")";
    if (const int os = sqlite3_system_errno(db); os != 0 && (code & 0xff) == SQLITE_IOERR)
        message += ", errno " + std::to_string(os);
    switch (code & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Error::corrupt(std::move(message));
        case SQLITE_FULL:
        case SQLITE_IOERR:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
        case SQLITE_NOMEM:
        case SQLITE_TOOBIG:
            return Error::unavailable(std::move(message));
        default:
            if (!while_doing.empty()) message += " in: " + std::string(while_doing);
            return Error::internal(std::move(message));
    }
}

}  // namespace tappet::store::sqlite
