#include "plugin/services/clock.hpp"

#include <algorithm>
#include <vector>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/running.hpp"
#include "plugin/services/tables.hpp"

namespace tappet::plugin {
namespace {

constexpr std::int64_t kLongestWaitMs = std::int64_t{366} * 24 * 3600 * 1000;  ///< longer is a mistake

}  // namespace

void ClockService::after(std::uint64_t call, std::int64_t wait_ms, tappet_clock_done done, void* context) {
    Wait wait;
    wait.call = call;
    wait.wait_ms = std::clamp<std::int64_t>(wait_ms, 0, kLongestWaitMs);
    wait.done = done;
    wait.context = context;
    if (const Pin open(core_.calls, call); open) {
        wait.whose = open->whose();
        wait.on_worker = !open->on_loop;
    }
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(mutex_);
        number = ++last_;
        waits_.emplace(number, std::move(wait));
    }
    core_.to_loop([this, number] { begin(number); });
}

void ClockService::begin(std::uint64_t number) {
    std::unique_lock lock(mutex_);
    const auto found = waits_.find(number);
    if (found == waits_.end()) return;
    Wait& wait = found->second;
    if (core_.cancelled(wait.call)) {
        lock.unlock();
        return finish(number, false);
    }
    wait.timer =
        std::make_unique<boost::asio::steady_timer>(core_.loop, std::chrono::milliseconds(wait.wait_ms));
    wait.timer->async_wait([weak = core_.weak_from_this(), number](const boost::system::error_code& failed) {
        if (failed) return;
        if (const auto core = weak.lock()) core->clock.finish(number, true);
    });
}

void ClockService::finish(std::uint64_t number, bool in_time) {
    Wait wait;
    {
        const std::lock_guard lock(mutex_);
        const auto found = waits_.find(number);
        if (found == waits_.end()) return;
        wait = std::move(found->second);
        waits_.erase(found);
    }
    in_time = in_time && !core_.cancelled(wait.call);
    if (wait.on_worker) {
        core_.workers.push_always([whose = wait.whose, done = wait.done, to = wait.context, in_time] {
            const Running running(whose);
            done(to, in_time);
        });
    } else {
        core_.deliver(wait.whose, [&] { wait.done(wait.context, in_time); });
    }
}

void ClockService::cancel_call(std::uint64_t call) {
    std::vector<std::uint64_t> numbers;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, wait] : waits_)
            if (wait.call == call) numbers.push_back(number);
    }
    for (const std::uint64_t number : numbers) finish(number, false);
}

void ClockService::fail_all() {
    std::vector<std::uint64_t> numbers;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [number, wait] : waits_) numbers.push_back(number);
    }
    for (const std::uint64_t number : numbers) finish(number, false);
}

bool ClockService::empty() const {
    const std::lock_guard lock(mutex_);
    return waits_.empty();
}

namespace {

int64_t now_ms(const tappet_host* host) { return face_of(host).core->now().ms; }
int64_t steady_ns(const tappet_host* host) { return face_of(host).core->steady().count(); }
void after(const tappet_host* host, uint64_t call, int64_t wait_ms, tappet_clock_done done, void* context) {
    face_of(host).core->clock.after(call, wait_ms, done, context);
}

constexpr tappet_clock_v1 kTable{sizeof(tappet_clock_v1), now_ms, steady_ns, after};

}  // namespace

const tappet_clock_v1& clock_table() { return kTable; }

}  // namespace tappet::plugin
