#pragma once
#include <string>
#include <vector>

namespace tappet::bench {

/// What came of requests that were offered at a constant rate.
struct SteadyLoad {
    struct Answers {
        double per_second = 0, p99_ms = 0, most_ms = 0;
        std::size_t count = 0;
    };
    Answers accepted;               ///< 2xx
    Answers limited;                ///< 429
    std::size_t wrong = 0;          ///< anything else, and requests without an answer
    double offered_per_second = 0;  ///< what was sent
};

/// Offers `per_second` requests over `connections` for some seconds, with h2load. Throws where it gives no
/// result.
SteadyLoad offer(const std::string& url, int connections, int per_second, int seconds,
                 const std::string& work);

}  // namespace tappet::bench
