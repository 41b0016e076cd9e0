#pragma once
#include <tappet/abi.h>

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "plugin/running.hpp"

namespace tappet::plugin {

class Core;

/// Waits of calls under way. Each ends exactly once: in time, with its call's cancellation, or with the host.
/// Any thread, unless said otherwise.
class ClockService {
public:
    explicit ClockService(Core& core) : core_(core) {}
    void after(std::uint64_t call, std::int64_t wait_ms, tappet_clock_done done, void* context);
    void cancel_call(std::uint64_t call);  ///< ends the waits of a call. Loop thread
    void fail_all();                       ///< ends all, at once. Loop thread
    bool empty() const;

private:
    struct Wait {
        std::uint64_t call = 0;
        Whose whose;
        bool on_worker = false;
        std::int64_t wait_ms = 0;
        tappet_clock_done done = nullptr;
        void* context = nullptr;
        std::unique_ptr<boost::asio::steady_timer> timer;
    };
    void begin(std::uint64_t number);
    void finish(std::uint64_t number, bool in_time);

    Core& core_;
    mutable std::mutex mutex_;  // of the waits
    std::map<std::uint64_t, Wait> waits_;
    std::uint64_t last_ = 0;
};

}  // namespace tappet::plugin
