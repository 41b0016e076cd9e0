#pragma once
#include <mutex>

#include "base/random.hpp"
#include "plugin/doors.hpp"
#include "store/store.hpp"

namespace tappet::app {

// What plugins keep, in the store, which outlives these.

class StoredState final : public plugin::StateDoor {
public:
    explicit StoredState(store::Store& store) : store_(store) {}
    Result<std::optional<std::string>> get(const std::string& tenant, const std::string& plugin,
                                           const std::string& key) override;
    Result<void> set(const std::string& tenant, const std::string& plugin, const std::string& key,
                     const std::optional<std::string>& value) override;

private:
    store::Store& store_;
};

/// Blobs by ids that cannot be guessed; another run's, and so another tenant's, is not there.
class StoredBlobs final : public plugin::BlobDoor {
public:
    StoredBlobs(store::Store& store, store::BlobLimits limits) : store_(store), limits_(limits) {}
    Result<std::string> write(const RunId& run, const std::string& tenant, const std::string& id,
                              std::string_view bytes) override;
    Result<std::string> read(const RunId& run, const std::string& tenant, const std::string& id,
                             std::uint64_t offset, std::uint64_t max) override;

private:
    std::string new_id();

    store::Store& store_;
    const store::BlobLimits limits_;
    std::mutex mutex_;  // of random_
    SystemRandom random_;
};

}  // namespace tappet::app
