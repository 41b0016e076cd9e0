#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/store.hpp"

namespace tappet::store {

struct SqliteOptions {
    std::string path;                       ///< the database file; its folder must exist
    int autocheckpoint_pages = 250;         ///< the checkpoint, not the sync, owns p99
    std::size_t max_batch = 1024;           ///< commits in one transaction
    std::chrono::microseconds gather{200};  ///< how long a transaction may wait for its company (Writer)
    std::chrono::milliseconds busy_timeout{5000};
    std::chrono::milliseconds projection_delay{50};  ///< how long rows of the projection may wait
    std::size_t dedupe_merge_at = 65'536;  ///< claims in memory and in a log before they go into the tree
    std::size_t projection_backlog =
        256;  ///< rows over which they do not wait: more at once would hold up commits
    /// Gives the id of the key that values are sealed with, told the one that the file remembers; asked once,
    /// before anything is changed. What it gives is remembered; where it fails, so does opening the store.
    std::function<Result<std::uint32_t>(std::optional<std::uint32_t> remembered)> key;
};

/// Opens or creates the store: migrates an older file in one transaction, refuses a newer one (conflict), a
/// file that is not ours (invalid) and one that is damaged (corrupt), each naming the file. `post` brings a
/// function to the thread that Commit::done is called on; it is called on the writer's thread, once per
/// batch.
Result<std::unique_ptr<Store>> open_sqlite(SqliteOptions options,
                                           std::function<void(std::function<void()>)> post);

/// Locks a data folder against a second engine, for as long as the object lives (flock on <folder>/lock, so
/// the kernel frees it when the process dies). Creates the folder with mode 0700 where it is missing.
class FolderLock {
public:
    /// Fails with conflict naming the process that holds it.
    static Result<FolderLock> take(const std::string& folder);
    FolderLock(FolderLock&& other) noexcept;
    FolderLock& operator=(FolderLock&& other) noexcept;
    ~FolderLock();

private:
    explicit FolderLock(int fd) : fd_(fd) {}
    int fd_ = -1;
};

}  // namespace tappet::store
