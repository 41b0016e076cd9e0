#include "store/sqlite/connection.hpp"

namespace tappet::store::sqlite {

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode,
                                                     std::chrono::milliseconds busy_timeout) {
    const int flags = mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
    sqlite3* db = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    if (!db) return Error::unavailable(path + ": not enough memory to open it");
    std::unique_ptr<Connection> connection(new Connection(db));
    if (code != SQLITE_OK) {
        Error error = sql_error(db);
        error.message = path + ": cannot be opened: " + error.message;
        return error;
    }
    sqlite3_busy_timeout(db, static_cast<int>(busy_timeout.count()));
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Checkpoints are the writer's, when it wants them.
    sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    return connection;
}

Connection::~Connection() {
    for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
    sqlite3_close(db_);
}

Query Connection::use(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) return {db_, found->second};
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                           &statement, nullptr) != SQLITE_OK)
        return {db_, nullptr};
    statements_.emplace(sql, statement);
    return {db_, statement};
}

Result<void> Connection::execute(const std::string& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return sql_error(db_, sql);
    return {};
}

Result<std::int64_t> Connection::number(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        return sql_error(db_, sql);
    const int code = sqlite3_step(statement);
    const std::int64_t value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    const bool ok = code == SQLITE_ROW || code == SQLITE_DONE;
    Error error;
    if (!ok) error = sql_error(db_, sql);
    sqlite3_finalize(statement);
    if (!ok) return error;
    return value;
}

}  // namespace tappet::store::sqlite
