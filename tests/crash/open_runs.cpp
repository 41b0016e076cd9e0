#include "open_runs.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>

#include "checks.hpp"
#include "flows.hpp"
#include "report.hpp"
#include "sender.hpp"

namespace tappet::crash {
namespace {

constexpr std::size_t kConnections = 32;
constexpr std::size_t kCancelling = 16;  ///< at a time
constexpr std::size_t kMostHeld = 20;    ///< runs in the middle of a call
constexpr int kSoon = 15, kLate = 3600;  ///< Retry-After, in seconds
constexpr double kProgressing = 2.5;     ///< times the limit of being ready, until all calls are made again

/// Decides about the calls: what kind of run each event is, and whether the service lets them through by now.
class Gate {
public:
    Gate(Scene& scene, std::size_t count)
        : scene_(scene), held_(std::min(kMostHeld, count / 2)), count_(count) {
        scene.effects.gate = [this](const Effect& effect) { return answer(effect); };
    }
    ~Gate() { scene_.effects.gate = nullptr; }

    bool is_held(const std::string& event) const { return number(event) >= count_ - held_; }
    bool is_late(const std::string& event) const { return !is_held(event) && number(event) % 2 == 0; }
    std::size_t waiting() const { return count_ - held_; }
    std::size_t held() const { return held_; }
    /// Calls of held runs since the last reset.
    std::size_t holding = 0;
    bool open = false;

private:
    static std::size_t number(const std::string& event) {
        return std::strtoull(event.c_str() + event.rfind('-') + 1, nullptr, 10);
    }
    Answer answer(const Effect& effect) {
        Answer out;
        if (is_held(effect.event)) {
            ++holding;
            out.kind = Answer::Kind::hold;
        } else if (!open) {
            out.kind = Answer::Kind::unavailable;
            out.retry_after_s = is_late(effect.event) ? kLate : kSoon;
        }
        return out;
    }

    Scene& scene_;
    std::size_t held_, count_;
};

/// Until the engine's own list says that this many runs wait.
Task<bool> until_waiting(Scene& scene, std::size_t count) {
    std::size_t waiting = 0;
    SteadyTime since = std::chrono::steady_clock::now();
    while (waiting < count && std::chrono::steady_clock::now() - since < kPatience) {
        const auto runs = co_await list_runs(scene, "waiting");
        if (runs && runs->size() > waiting) since = std::chrono::steady_clock::now();
        if (runs) waiting = runs->size();
        co_await pause(scene.loop, Milliseconds(50));
    }
    // One that is due just now may be running: fewer is no fault yet.
    co_return waiting >= count - count / 10;
}

Task<bool> fill(Scene& scene, Sender& sender, Gate& gate, std::size_t count) {
    sender.want(kOpen, count);
    sender.begin(kConnections);
    const auto measure = [&] { return scene.ledger.acked + scene.effects.calls; };
    const auto there = [&] {
        tell_progress("open runs", scene.effects.size(), count, scene);
        return sender.all_acknowledged() && scene.effects.size() == count;
    };
    bool good = co_await scene.await(there, measure);
    if (good) good = co_await until_waiting(scene, gate.waiting());
    if (!good) scene.ledger.broken("the runs do not come to wait");
    co_return good;
}

Task<bool> come_back(Scene& scene, Gate& gate, std::size_t count, double ready_limit_ms) {
    gate.holding = 0;
    co_await scene.kill();
    const bool started = co_await scene.start();
    if (!started) co_return false;
    const auto ready = std::chrono::steady_clock::now();
    const double took = scene.ledger.ready_ms.back();
    scene.ledger.times_ms.emplace_back("ready with the runs open", took);
    if (took > ready_limit_ms)
        scene.ledger.broken("ready after " + std::to_string(took) + " ms with " + std::to_string(count) +
                            " runs open");
    const auto all_again = [&] { return gate.holding >= gate.held(); };
    const auto measure = [&] { return gate.holding; };
    const bool going = co_await scene.await(all_again, measure);
    const std::chrono::duration<double, std::milli> after = std::chrono::steady_clock::now() - ready;
    scene.ledger.times_ms.emplace_back("then until open calls were made again", after.count());
    if (!going || after.count() > kProgressing * ready_limit_ms)
        scene.ledger.broken("calls that were under way are not made again in time");
    const auto open = co_await list_runs(scene, "queued,running,waiting");
    if (open && open->size() != count)
        scene.ledger.broken(std::to_string(open->size()) + " of " + std::to_string(count) +
                            " runs are listed as open");
    if (open) check_listed(scene.ledger, *open);
    co_return open.has_value();
}

struct Cancelling {
    std::vector<std::string> runs;
    std::size_t next = 0, done = 0;
};

Task<> cancel_some(Scene& scene, Cancelling& work) {
    Connection connection(scene.loop);
    while (work.next < work.runs.size()) {
        const std::string run = work.runs[work.next++];
        const bool cancelled = co_await cancel_run(scene, connection, run);
        if (!cancelled) scene.ledger.broken("run " + run + " could not be cancelled");
        ++work.done;
    }
}

Task<> let_go(Scene& scene, Gate& gate, Cancelling& work) {
    gate.open = true;
    scene.service.release();
    for (const Event& event : scene.ledger.events())
        if (gate.is_late(event.id)) work.runs.push_back(event.run);
    for (std::size_t i = 0; i < kCancelling; ++i)
        boost::asio::co_spawn(scene.loop, cancel_some(scene, work), boost::asio::detached);
    const std::size_t going_on = scene.ledger.events().size() - work.runs.size();
    const auto measure = [&] { return work.done + scene.effects.runs_through(); };
    const auto over = [&] {
        return work.done == work.runs.size() && scene.effects.runs_through() >= going_on;
    };
    const bool ended = co_await scene.await(over, measure);
    if (!ended) scene.ledger.broken("not all of the open runs come to their end");
}

Task<> check_ends(Scene& scene, const Gate& gate) {
    std::optional<std::vector<ListedRun>> runs;
    for (int look = 0; look < 500; ++look) {
        runs = co_await list_runs(scene, "queued,running,waiting");
        if (runs && runs->empty()) break;
        co_await pause(scene.loop, Milliseconds(10));
    }
    runs = co_await list_runs(scene);
    if (!runs) co_return;
    check_listed(scene.ledger, *runs);
    for (const ListedRun& run : *runs) {
        const std::string expected = gate.is_late(run.event) ? "cancelled" : "succeeded";
        if (run.status != expected)
            scene.ledger.broken("run " + run.id + " is " + run.status + ", not " + expected);
    }
}

}  // namespace

Task<> play_open_runs(Scene& scene, std::size_t count, double ready_limit_ms) {
    Gate gate(scene, count);
    const bool started = co_await scene.start();
    if (!started) co_return;
    Sender sender(scene);
    const bool filled = co_await fill(scene, sender, gate, count);
    if (!filled) co_return;
    const bool back = co_await come_back(scene, gate, count, ready_limit_ms);
    if (!back) co_return;
    Cancelling cancelling;
    co_await let_go(scene, gate, cancelling);
    co_await check_ends(scene, gate);
    co_await scene.stop();
    check_log(scene.ledger, scene.engine.files());
}

}  // namespace tappet::crash
