#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "trigger/alarms.hpp"
#include "trigger/rate.hpp"
#include "trigger/rejected.hpp"
#include "trigger/rejected_shares.hpp"

namespace tappet::trigger {

struct RejectedLimits {
    std::size_t keep = 100;    ///< requests of each trigger, the newest; 0: nothing is kept nor counted
    std::size_t body = 4'096;  ///< bytes of each body
};

struct RejectedStats {
    std::uint64_t kept = 0;     ///< written
    std::uint64_t counted = 0;  ///< over what is written a second: their number alone is kept
    std::uint64_t lost = 0;     ///< the store could not write them; they are counted with the next
};

/// Keeps what was refused for its owner to see. What a stranger sends costs little: of each trigger one
/// request a second is kept, of each tenant twenty, of all fifty, after a first burst; further ones are
/// counted. Where all are too many, tenants take turns: a flood at one hides nothing of another. They wait in
/// memory, at most kMaxPending, and are written behind, many in one transaction and one transaction at a
/// time, away from the loop and from what is accepted. What waits is lost in a crash. On the loop's thread.
class RejectedBook {
public:
    static constexpr double kPerSecond = 1, kBurst = 20;                ///< of one trigger
    static constexpr double kTenantPerSecond = 20, kTenantBurst = 100;  ///< of one tenant
    static constexpr double kAllPerSecond = 50, kAllBurst = 200;        ///< of all
    static constexpr std::size_t kMaxPending = 256;
    static constexpr std::size_t kMaxTriggers = 10'000;          ///< that are counted between two writes
    static constexpr std::chrono::milliseconds kFirst{200};      ///< from a refusal to its write …
    static constexpr std::chrono::milliseconds kBetween{1'000};  ///< … where the last one is this long ago

    using Done = std::function<void(const Result<void>&)>;
    /// Writes a batch, elsewhere, and calls back on the loop's thread; or at once.
    using Write = std::function<void(store::RejectedBatch batch, Done done)>;

    RejectedBook(boost::asio::io_context& loop, const Clock& clock, Write write, RejectedLimits limits);
    ~RejectedBook() { *alive_ = false; }

    void request(RejectedAt at, const http::Request& request, const Problem& problem,
                 const Redactor& redactor);
    void event(RejectedAt at, std::string_view source, const Value& event, const Problem& problem,
               const Redactor& redactor);

    /// Calls back, now or later, when everything that was refused until now is written, or lost.
    void settle(std::function<void()> then);
    /// What waits, for whoever writes it at the end; nothing is written after it.
    store::RejectedBatch close();
    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }
    const RejectedStats& stats() const { return stats_; }

private:
    using Key = std::tuple<std::string, std::string, std::string>;  ///< tenant, flow, trigger
    struct Trigger {
        Rate rate{kPerSecond, kBurst};
        std::uint64_t unkept = 0;
        TimeMs last;                       ///< of those
        std::chrono::nanoseconds seen{0};  ///< monotonic
    };

    struct Tenant {
        Rate rate{kTenantPerSecond, kTenantBurst};
        std::chrono::nanoseconds seen{0};  ///< monotonic
    };

    /// Whether one more is kept; it is counted otherwise.
    bool takes(const RejectedAt& at, const Problem& problem);
    void wait(store::Rejected row);
    void count(const Key& key, std::uint64_t more, TimeMs time);
    void arm();
    void write();
    void written(const store::RejectedBatch& batch, const Result<void>& result);
    store::RejectedBatch take();

    const Clock& clock_;
    Write write_;
    RejectedLimits limits_;
    RejectedStats stats_;
    Rate all_{kAllPerSecond, kAllBurst};
    std::map<Key, Trigger> triggers_;
    std::map<std::string, Tenant> tenants_;  ///< of those triggers
    RejectedShares pending_{kMaxPending};
    bool unwritten_ = false;  ///< something waits, a count at least
    bool writing_ = false, armed_ = false, failing_ = false, closed_ = false;
    std::chrono::nanoseconds last_write_;
    std::vector<std::function<void()>> settled_now_,
        settled_next_;  ///< after the write under way, the next one
    Alarms alarms_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::trigger
