#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>

#include "base/clock.hpp"
#include "store/store.hpp"
#include "trigger/alarms.hpp"
#include "trigger/offload.hpp"

namespace tappet::app {

/// How long what has ended is kept.
struct Keep {
    std::chrono::milliseconds runs{0};      ///< 0: for ever
    std::chrono::milliseconds messages{0};  ///< 0: for ever
};

/// Deletes what is too old, every so often: refused requests, messages, dedupe keys and runs. That may take
/// long, and others wait for the disk on the same few threads: it takes one of them at most. On the loop's
/// thread, but for the disk.
class Retention {
public:
    /// Between two purges, by how long runs are kept; the first one is soon after the start.
    static constexpr std::chrono::milliseconds kLeast{3'000}, kMost{300'000};
    /// Of refused requests where runs are kept for ever.
    static constexpr std::chrono::milliseconds kKeepRejected{7LL * 24 * 3600 * 1000};

    Retention(boost::asio::io_context& loop, store::Store& store, const Clock& clock,
              trigger::Offload offload, Keep keep);
    ~Retention() { *alive_ = false; }

    void start() { await(kLeast); }
    /// Begins no further purge.
    void stop();
    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }

private:
    void await(std::chrono::milliseconds wait);
    void purge();

    store::Store& store_;
    const Clock& clock_;
    trigger::Offload offload_;
    Keep keep_;
    trigger::Alarms alarms_;
    bool stopped_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::app
