#pragma once
#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/ids.hpp"
#include "base/result.hpp"

namespace tappet::store::sqlite {

/// Bytes for a BLOB parameter; a plain string_view is bound as TEXT.
struct Blob {
    std::string_view bytes;
};

/// One use of a prepared statement: bind, step, read. Gives the statement back when it goes out of scope.
/// Parameters are not copied: what they refer to outlives the query. A query whose statement could not be
/// prepared or stepped is not ok() and yields no rows. One thread.
class Query {
public:
    Query(sqlite3* db, sqlite3_stmt* statement) : db_(db), statement_(statement), ok_(statement != nullptr) {}
    Query(Query&& other) noexcept;
    Query& operator=(Query&&) = delete;
    ~Query();

    template <class... Args>
    Query& bind(Args&&... args) {
        static_assert((!kGone<Args> && ...),
                      "a temporary would be gone before the query is stepped: name it first");
        (put(args), ...);
        return *this;
    }
    /// The next row, if there is one.
    bool row();
    /// Steps to the end; for statements without rows. Whether that worked.
    bool run();
    bool ok() const { return ok_; }
    /// Why it is not ok(); ask before the next statement runs.
    Error error() const;

    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    std::string_view text(int column) const { return blob(column); }  ///< valid until the next row
    std::string_view blob(int column) const;                          ///< valid until the next row
    bool null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    /// A column of 16 bytes; the nil id when it is not.
    Uuid id(int column) const;

private:
    /// Whether an argument is a temporary whose bytes would be referred to.
    template <class Arg>
    static constexpr bool kGone =
        !std::is_lvalue_reference_v<Arg> &&
        (std::is_same_v<std::remove_cv_t<Arg>, Uuid> || std::is_same_v<std::remove_cv_t<Arg>, std::string>);

    void put(std::int64_t v) { keep(sqlite3_bind_int64(statement_, ++bound_, v)); }
    void put(std::uint64_t v) { put(static_cast<std::int64_t>(v)); }
    void put(std::uint32_t v) { put(static_cast<std::int64_t>(v)); }
    void put(int v) { put(static_cast<std::int64_t>(v)); }
    void put(TimeMs v) { put(v.ms); }
    void put(std::string_view v);
    void put(const std::string& v) { put(std::string_view(v)); }
    void put(const char* v) { put(std::string_view(v)); }
    void put(Blob v);
    void put(const Uuid& v) { put(Blob{v.view()}); }
    void keep(int code) { ok_ = ok_ && code == SQLITE_OK; }

    sqlite3* db_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
    bool ok_;
};

/// What a failed call of SQLite means to the caller: corrupt, unavailable (disk, lock) or internal.
Error sql_error(sqlite3* db, std::string_view while_doing = {});

}  // namespace tappet::store::sqlite
