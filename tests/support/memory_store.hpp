#pragma once
#include <string>

#include "store/memory/store.hpp"

namespace tappet::test {

struct MemoryDisk : store::MemoryDisk {
    std::string unreadable;  ///< why variables cannot be read; empty: they can
};

/// The store in memory, which also counts what is read and fails to read variables when it is told to.
class MemoryStore final : public store::MemoryStore {
public:
    explicit MemoryStore(MemoryDisk& disk) : store::MemoryStore(disk), disk_(disk) {}

    mutable std::size_t flow_reads = 0,
                        var_reads = 0;  ///< how often a version, a tenant's variables were read

    Result<store::FlowVersion> flow_version(const std::string& tenant, const std::string& flow,
                                            std::uint32_t version) const override {
        ++flow_reads;
        return store::MemoryStore::flow_version(tenant, flow, version);
    }
    Result<std::vector<std::pair<std::string, std::string>>> vars(const std::string& tenant) const override {
        ++var_reads;
        if (!disk_.unreadable.empty()) return Error::unavailable(disk_.unreadable);
        return store::MemoryStore::vars(tenant);
    }

private:
    const MemoryDisk& disk_;
};

}  // namespace tappet::test
