#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "store/sqlite/connection.hpp"

namespace tappet::store::sqlite {

/// A few read-only connections, opened when first needed and kept. Thread-safe; waits while all are lent.
class Readers {
public:
    Readers(std::string path, std::size_t most, std::chrono::milliseconds busy_timeout)
        : path_(std::move(path)), most_(most), busy_timeout_(busy_timeout) {}

    /// Reads with a connection of the pool: one consistent view of the database for each statement.
    template <class Read>
    auto read(const Read& what) -> decltype(what(std::declval<Connection&>())) {
        auto lent = lend();
        if (!lent) return lent.error();
        auto result = what(**lent);
        give_back(std::move(*lent));
        return result;
    }

private:
    Result<std::unique_ptr<Connection>> lend();
    void give_back(std::unique_ptr<Connection> connection);

    const std::string path_;
    const std::size_t most_;
    const std::chrono::milliseconds busy_timeout_;
    std::mutex mutex_;
    std::condition_variable free_;
    std::vector<std::unique_ptr<Connection>> idle_;
    std::size_t made_ = 0;
};

}  // namespace tappet::store::sqlite
