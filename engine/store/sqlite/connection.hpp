#pragma once
#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "store/sqlite/statement.hpp"

namespace tappet::store::sqlite {

/// An open database with its prepared statements. One thread at a time.
class Connection {
public:
    enum class Mode { write, read };
    /// Opens (in write mode: creates) the file; reads nothing yet.
    static Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode,
                                                    std::chrono::milliseconds busy_timeout);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// The statement of this text, prepared at its first use and kept.
    Query use(std::string_view sql);
    /// Runs statements that are needed once.
    Result<void> execute(const std::string& sql);
    /// The first column of the first row of a statement that is needed once; 0 when there is none.
    Result<std::int64_t> number(const std::string& sql);

    /// Rows that the last INSERT, UPDATE or DELETE touched.
    int changes() const { return sqlite3_changes(db_); }
    Error error() const { return sql_error(db_); }
    sqlite3* handle() const { return db_; }

private:
    explicit Connection(sqlite3* db) : db_(db) {}
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    sqlite3* db_;
    std::unordered_map<std::string, sqlite3_stmt*, Hash, std::equal_to<>> statements_;
};

}  // namespace tappet::store::sqlite
