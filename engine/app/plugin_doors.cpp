#include "app/plugin_doors.hpp"

#include <fmt/format.h>

namespace tappet::app {

Result<std::optional<std::string>> StoredState::get(const std::string& tenant, const std::string& plugin,
                                                    const std::string& key) {
    return store_.state_get(tenant, plugin, key);
}

Result<void> StoredState::set(const std::string& tenant, const std::string& plugin, const std::string& key,
                              const std::optional<std::string>& value) {
    return store_.state_set(tenant, plugin, key, value);
}

std::string StoredBlobs::new_id() {
    const std::lock_guard lock(mutex_);
    const std::uint64_t high = random_.next(), low = random_.next();
    return fmt::format("{:016x}{:016x}", high, low);
}

Result<std::string> StoredBlobs::write(const RunId& run, const std::string&, const std::string& id,
                                       std::string_view bytes) {
    store::BlobPart part;
    part.run = run;
    part.begins = id.empty();
    part.id = part.begins ? new_id() : id;
    part.bytes = bytes;
    if (auto written = store_.blob_append(part, limits_); !written) return written.error();
    return part.id;
}

Result<std::string> StoredBlobs::read(const RunId& run, const std::string&, const std::string& id,
                                      std::uint64_t offset, std::uint64_t max) {
    return store_.blob_read(run, id, offset, max);
}

}  // namespace tappet::app
