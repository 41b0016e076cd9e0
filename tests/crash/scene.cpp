#include "scene.hpp"

#include <boost/asio/co_spawn.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "flows.hpp"

namespace tappet::crash {
namespace asio = boost::asio;
namespace {

constexpr std::chrono::seconds kLongestStart{60};
constexpr std::chrono::seconds kLongestStop{10};  ///< all calls under way end within moments
constexpr int kTurns = 3;  ///< of the loop, until everything that lies at the sockets is taken

double since(SteadyTime start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Scene::Scene(EngineFiles files, std::uint64_t seed)
    : random(seed), effects(ledger, random), service(loop, effects), engine(std::move(files)) {
    std::filesystem::remove_all(engine.files().work);
    std::filesystem::create_directories(engine.files().flows());
    write_flows(engine.files().flows());
}

std::chrono::microseconds Scene::chance(Milliseconds most) {
    return std::chrono::microseconds(
        static_cast<std::int64_t>(random.unit() * 1000.0 * static_cast<double>(most.count())));
}

Task<bool> Scene::start() {
    const auto begun = std::chrono::steady_clock::now();
    engine.start();
    Connection connection(loop);
    while (std::chrono::steady_clock::now() - begun < kLongestStart) {
        if (const auto end = engine.ended()) {
            ledger.broken("the engine did not start: " + *end);
            co_return false;
        }
        const auto at = engine.address();
        std::optional<Message> answer;
        if (at) answer = co_await connection.exchange(*at, "GET", "/readyz", "");
        if (answer && answer->status() == 200) {
            ledger.ready_ms.push_back(since(begun));
            address = at;
            co_return true;
        }
        co_await pause(loop, Milliseconds(1));
    }
    ledger.broken("the engine was not ready after a minute");
    co_return false;
}

/// What a dead engine had sent lies at our sockets still; the next life's calls must not mix with it.
Task<> Scene::count_the_rest() {
    for (int turn = 0; turn < kTurns; ++turn) co_await pause(loop, Milliseconds(1));
    service.next_life();
    while (service.connections() > 0) co_await pause(loop, Milliseconds(1));
}

Task<> Scene::kill() {
    if (const auto end = engine.ended()) ledger.broken("the engine ended by itself: " + *end);
    engine.kill();
    address.reset();
    ++ledger.kills;
    co_await count_the_rest();
}

/// True when it had stopped in time and without a complaint.
Task<bool> Scene::await_end() {
    const auto asked = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() - asked < kLongestStop) {
        const auto end = engine.ended();
        if (end && *end != "exit 0") ledger.broken("the engine stopped with " + *end);
        if (end) co_return *end == "exit 0";
        co_await pause(loop, kLook);
    }
    ledger.broken("the engine had not stopped 10 s after SIGTERM, with nothing left to wait for");
    co_return false;
}

Task<> Scene::stop() {
    if (const auto end = engine.ended()) ledger.broken("the engine ended by itself: " + *end);
    if (!engine.running()) co_return;
    engine.ask_to_stop();
    ++ledger.stops;
    const auto asked = std::chrono::steady_clock::now();
    const bool clean = co_await await_end();
    ledger.stop_ms.push_back(since(asked));
    address.reset();
    if (clean) effects.ended_cleanly(service.life());
    co_await count_the_rest();
}

void Scene::play(Task<> trial) {
    std::exception_ptr fault;
    asio::co_spawn(loop, std::move(trial), [&](std::exception_ptr thrown) {
        fault = thrown;
        loop.stop();
    });
    loop.run();
    if (!fault) return;
    try {
        std::rethrow_exception(fault);
    } catch (const std::exception& error) {
        ledger.broken(std::string("the trial ended with: ") + error.what());
    }
}

}  // namespace tappet::crash
