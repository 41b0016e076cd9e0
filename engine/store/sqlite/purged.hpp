#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"

namespace tappet::store::sqlite {

/// What one step of a purge did.
struct Purged {
    std::uint64_t count = 0;  ///< deleted
    bool more = false;        ///< the step's limit ended it: another one may find something
};

/// What one step may delete: other commits wait for its transaction. Long rows cost by their pages.
struct PurgeBudget {
    std::size_t rows = 100;
    std::uint64_t bytes = 512u << 10;

    bool spent() const { return rows == 0 || bytes == 0; }
    /// Takes numbers of rows from `SELECT n, bytes`, as long as there is something to spend. Whether the
    /// query had no more.
    Result<bool> spend(Query& query, std::vector<std::int64_t>& numbers);
};

}  // namespace tappet::store::sqlite
