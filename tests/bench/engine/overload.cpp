#include "overload.hpp"

#include <sched.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "fresh_engine.hpp"
#include "slow_clients.hpp"
#include "steady_load.hpp"
#include "support/http_answer.hpp"

namespace tappet::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRate = 2'000;      ///< requests a second that the hook takes
constexpr int kOffered = 20'000;  ///< that are sent
constexpr int kSenders = 200;     ///< connections they come over
constexpr int kOverloadSeconds = 60;
constexpr std::size_t kSlow = 2'000;
constexpr int kHealthy = 800;  ///< requests a second of healthy senders, over kFew connections
constexpr int kFew = 16;
constexpr int kCalm = 200;          ///< requests a second of a look at how fast the engine is
constexpr double kAgainNormal = 2;  ///< times the p99 of before
constexpr std::chrono::seconds kPatience{60};

/// Gives this thread, and what it starts from here on, the last processor or all the others.
void use_last_processor(bool last) {
    const int count = static_cast<int>(std::thread::hardware_concurrency());
    if (count < 2) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int i = 0; i < count; ++i)
        if ((i == count - 1) == last) CPU_SET(i, &set);
    ::sched_setaffinity(0, sizeof set, &set);
}

void start(FreshEngine& engine) {
    use_last_processor(false);
    engine.process().start();
    use_last_processor(true);
}

SteadyLoad calm(FreshEngine& engine, const Setup& setup, int seconds) {
    return offer(engine.hook("overload"), 10, kCalm, seconds, setup.work);
}

double open_runs(FreshEngine& engine) {
    const auto answer = test::exchange(engine.process().address(), "GET", "/metrics", "");
    const std::string name = "\ntappet_runs_open ";
    const std::size_t at = answer.body.find(name);
    if (at == std::string::npos) throw std::runtime_error("/metrics has no tappet_runs_open");
    return std::stod(answer.body.substr(at + name.size()));
}

/// How long it takes until nothing of the load is left and a calm sender is served as before.
double seconds_to_normal(FreshEngine& engine, const Setup& setup, double p99_before) {
    const auto begin = Clock::now();
    while (Clock::now() - begin < kPatience) {
        const auto looked = Clock::now();
        const SteadyLoad now = calm(engine, setup, 1);
        if (now.limited.count == 0 && now.wrong == 0 && now.accepted.p99_ms <= kAgainNormal * p99_before &&
            open_runs(engine) == 0)
            return std::chrono::duration<double>(looked - begin).count();
    }
    return std::chrono::duration<double>(kPatience).count();
}

}  // namespace

std::vector<Measure> overload_row(const Setup& setup) {
    Measure offered{"overload", "offered", "/s", {}, kOffered * 0.95, 0, false};
    Measure taken{"overload", "accepted", "/s", {}, kRate * 0.95, 0, false};
    Measure accepted{"overload", "accepted, p99", "ms", {}, 1'000, 0, true};
    Measure refused{"overload", "429, p99", "ms", {}, 50, 0, true};
    Measure memory{"overload", "resident memory, most", "MiB", {}, 256, 0, true};
    Measure back{"overload", "back to normal after", "s", {}, 10, 0, true};
    for (int time = 0; time < setup.times; ++time) {
        FreshEngine engine(setup, {{"TAPPET_LIMITS_RATE", std::to_string(kRate)}});
        start(engine);
        const double before = calm(engine, setup, 3).accepted.p99_ms;
        const SteadyLoad load =
            offer(engine.hook("overload"), kSenders, kOffered, kOverloadSeconds, setup.work);
        back.values.push_back(seconds_to_normal(engine, setup, before));
        if (load.wrong > 0)
            throw std::runtime_error("overload: " + std::to_string(load.wrong) +
                                     " requests were answered neither 2xx nor 429");
        offered.values.push_back(load.offered_per_second);
        taken.values.push_back(load.accepted.per_second);
        accepted.values.push_back(load.accepted.p99_ms);
        refused.values.push_back(load.limited.p99_ms);
        memory.values.push_back(engine.memory_mib("VmHWM"));
    }
    return {offered, taken, accepted, refused, memory, back};
}

std::vector<Measure> slow_row(const Setup& setup) {
    Measure alone{"slow", "p99 of healthy, alone", "ms", {}};
    Measure beside{"slow", "p99 beside slow ones", "ms", {}};
    Measure ratio{"slow", "times as long", "", {}, 2, 0, true};
    Measure open{"slow", "slow connections", "", {}};
    Measure closed{"slow", "closed meanwhile", "", {}};
    const int seconds =
        std::max(setup.seconds, 15);  // longer than a head may take: slow ones are closed, too
    for (int time = 0; time < setup.times; ++time) {
        FreshEngine engine(setup);
        start(engine);
        const std::string hook = engine.hook("overload");
        offer(hook, kFew, kHealthy, 2, setup.work);
        const SteadyLoad before = offer(hook, kFew, kHealthy, seconds, setup.work);
        SlowClients slow(engine.process().address(), kSlow);
        while (slow.open() < kSlow) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        const SteadyLoad load = offer(hook, kFew, kHealthy, seconds, setup.work);
        if (before.wrong + before.limited.count + load.wrong + load.limited.count > 0)
            throw std::runtime_error("slow: a healthy sender was refused");
        alone.values.push_back(before.accepted.p99_ms);
        beside.values.push_back(load.accepted.p99_ms);
        ratio.values.push_back(load.accepted.p99_ms / before.accepted.p99_ms);
        open.values.push_back(static_cast<double>(slow.open()));
        closed.values.push_back(static_cast<double>(slow.closed()));
    }
    return {alone, beside, ratio, open, closed};
}

}  // namespace tappet::bench
