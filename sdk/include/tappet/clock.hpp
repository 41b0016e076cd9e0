#pragma once
#include <tappet/service.hpp>

namespace tappet::sdk {

/// The engine's clock, which tests and simulations move; waits that hold no thread.
class Clock {
public:
    Clock(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    std::int64_t now_ms() const {  ///< Unix time in milliseconds
        return function(&tappet_clock_v1::now_ms, "now_ms")(instance_->host);
    }
    std::int64_t steady_ns() const {  ///< monotonic, for measuring
        return function(&tappet_clock_v1::steady_ns, "steady_ns")(instance_->host);
    }

    struct Sleeping;
    /// `co_await context.clock().sleep(500);` Throws Error::cancelled when the call is cancelled before. A
    /// wait that should outlive a restart of the engine belongs into the flow.
    Pending<Sleeping> sleep(std::int64_t wait_ms) const;
    /// Callback style: in_time is false when the call was cancelled or completed before. `done` comes exactly
    /// once, never from inside after; what it throws fails the call.
    void after(std::int64_t wait_ms, std::function<void(bool in_time)> done) const {
        using Kept = Callback<std::function<void(bool)>>;
        const auto start = function(&tappet_clock_v1::after, "after");
        std::unique_ptr<Kept> kept(new Kept{*instance_, call_, std::move(done)});
        const auto call_back = [](void* to, std::int32_t in_time) {
            Kept::run(to, [&] { return in_time != 0; });
        };
        start(instance_->host, call_, wait_ms, call_back, kept.release());
    }

private:
    template <class F>
    F function(F tappet_clock_v1::*member, std::string_view name) const {
        return service_function(instance_->clock, member, "clock/1", name);
    }
    Instance* instance_;
    std::uint64_t call_;
};

struct Clock::Sleeping {
    Sleeping(Clock of, std::int64_t wait) : clock(of), wait_ms(wait) {}
    void start(Sleeping* self) const {
        const auto after = clock.function(&tappet_clock_v1::after, "after");
        const auto done = [](void* to, std::int32_t came) {
            auto* sleeping = static_cast<Sleeping*>(to);
            sleeping->in_time = came != 0;
            sleeping->waiting.resume();
        };
        after(clock.instance_->host, clock.call_, wait_ms, done, self);
    }
    void take() const {
        if (!in_time) throw Error::cancelled("the call was cancelled while it waited");
    }
    Clock clock;
    std::int64_t wait_ms;
    bool in_time = false;
    std::coroutine_handle<> waiting{};
};

inline Pending<Clock::Sleeping> Clock::sleep(std::int64_t wait_ms) const {
    return Pending<Sleeping>(Sleeping(*this, wait_ms));
}

}  // namespace tappet::sdk
