#pragma once
#include <optional>
#include <string>

#include "base/random.hpp"
#include "effects.hpp"
#include "engine_process.hpp"
#include "ledger.hpp"
#include "service.hpp"
#include "wire.hpp"

namespace tappet::crash {

/// Everything one trial is played with. The service and all clients run on its loop; one thread.
class Scene {
public:
    Scene(EngineFiles files, std::uint64_t seed);

    /// Starts the engine; returns once /readyz says 200, and notes how long that took. False, with the reason
    /// in the ledger, when it ends by itself or takes longer than a minute.
    Task<bool> start();
    /// SIGKILL. Returns once everything that the engine had sent is counted.
    Task<> kill();
    /// SIGTERM, while clients go on; notes an end that is not clean. Returns once everything it had sent is
    /// counted.
    Task<> stop();
    /// Waits until done() says so; false when `measure` has not grown for half a minute.
    template <class Done, class Measure>
    Task<bool> await(Done done, Measure measure);

    /// Events whose run has done all that it does, as far as can be told from here.
    std::size_t through() const { return effects.runs_through() + ledger.answered; }
    /// Runs a trial to its end; what it throws is a broken promise too.
    void play(Task<> trial);
    /// A time in [0, most).
    std::chrono::microseconds chance(Milliseconds most);

    boost::asio::io_context loop;
    SeededRandom random;
    Ledger ledger;
    Effects effects;
    Service service;
    EngineProcess engine;
    std::optional<std::string> address;  ///< of the engine while it is ready

private:
    Task<bool> await_end();
    Task<> count_the_rest();
};

inline constexpr Milliseconds kLook{2};               ///< between two looks at something awaited
inline constexpr std::chrono::seconds kPatience{30};  ///< for something to go on

template <class Done, class Measure>
Task<bool> Scene::await(Done done, Measure measure) {
    auto last = measure();
    auto since = std::chrono::steady_clock::now();
    while (!done()) {
        co_await pause(loop, kLook);
        const auto now = std::chrono::steady_clock::now();
        if (const auto current = measure(); current != last) {
            last = current;
            since = now;
        }
        if (now - since > kPatience) co_return false;
    }
    co_return true;
}

}  // namespace tappet::crash
