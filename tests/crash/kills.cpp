#include "kills.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

#include "checks.hpp"
#include "report.hpp"
#include "sender.hpp"

namespace tappet::crash {
namespace {

constexpr std::size_t kConnections = 16;
constexpr std::size_t kMostOpen = 300;  ///< events that are not through
constexpr Milliseconds kLongestLife{60};
constexpr double kEarly = 0.15;   ///< of kills hit the engine while it starts
constexpr double kInOrder = 0.3;  ///< of lives follow upon a stop in order: then pure steps ride

/// Once in a while the engine dies before it is ready.
Task<> kill_early(Scene& scene) {
    const double start_ms = scene.ledger.ready_ms.back();
    scene.engine.start();
    co_await pause(scene.loop, scene.chance(Milliseconds(static_cast<int>(start_ms) + 1)));
    ++scene.ledger.early_kills;
    co_await scene.kill();
}

/// Stops in order, starts, and lives for a while.
Task<bool> start_anew(Scene& scene) {
    co_await scene.stop();
    const bool started = co_await scene.start();
    if (started) co_await pause(scene.loop, scene.chance(kLongestLife));
    co_return started;
}

Task<bool> come_to_an_end(Scene& scene, const Sender& sender) {
    const auto measure = [&] { return scene.ledger.acked + scene.effects.calls; };
    const auto through = [&] {
        return sender.all_acknowledged() && scene.through() >= scene.ledger.events().size();
    };
    if (scene.ledger.hopeless()) co_return false;
    const bool ended = co_await scene.await(through, measure);
    if (!ended) {
        scene.ledger.broken("nothing goes on: " + std::to_string(scene.ledger.events().size()) + " events, " +
                            std::to_string(scene.ledger.acked) + " acknowledged, " +
                            std::to_string(scene.through()) + " through");
        co_return false;
    }
    // The effect is through; that it is recorded follows.
    for (int look = 0; look < 1000; ++look) {
        const auto open = co_await list_runs(scene, "queued,running,waiting");
        if (open && open->empty()) co_return true;
        co_await pause(scene.loop, Milliseconds(10));
    }
    scene.ledger.broken("runs are open though all of their effects are made");
    co_return false;
}

}  // namespace

Task<> play_kills(Scene& scene, int kills) {
    const bool first = co_await scene.start();
    if (!first) co_return;
    Sender sender(scene);
    Witness witness(scene);
    sender.keep_open(kMostOpen);
    sender.begin(kConnections);
    witness.begin();
    for (int done = 0; done < kills && !scene.ledger.hopeless(); ++done) {
        co_await pause(scene.loop, scene.chance(kLongestLife));
        if (scene.random.unit() < kInOrder) {
            const bool anew = co_await start_anew(scene);
            if (!anew) co_return;
        }
        co_await scene.kill();
        if (done + 1 < kills && scene.random.unit() < kEarly) {
            co_await kill_early(scene);
            ++done;
        }
        const bool again = co_await scene.start();
        if (!again) co_return;
        tell_progress("kills", scene.ledger.kills, static_cast<std::size_t>(kills), scene);
    }
    sender.finish();
    co_await come_to_an_end(scene, sender);
    co_await witness.finish();
    co_await check_all(scene, witness);
    co_await scene.stop();
    check_log(scene.ledger, scene.engine.files());
}

}  // namespace tappet::crash
