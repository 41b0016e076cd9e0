#pragma once
#include <string>

namespace tappet::bench {

/// What one run of the load generator measured.
struct Load {
    double per_second = 0;
    double p50_ms = 0, p99_ms = 0, most_ms = 0;
    long wrong = 0;  ///< answers that were no 2xx, and connections that failed
};

/// wrk on one thread with so many connections for so long. `run` makes the events' ids distinct.
Load send_events(const std::string& url, int connections, int seconds, const std::string& run);

}  // namespace tappet::bench
