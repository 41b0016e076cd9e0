#pragma once
#include <string>

namespace tappet::bench {

/// How long the disk itself takes for what one transaction of a small batch writes, in milliseconds. No
/// durable answer is faster, so figures of the engine are read beside it.
struct Sync {
    double p50_ms = 0, p99_ms = 0;
};

/// Appends 32 KiB to a file in this folder and syncs it (fdatasync), 300 times. Throws when it cannot.
Sync measure_sync(const std::string& folder);

}  // namespace tappet::bench
