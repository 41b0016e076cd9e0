#include "rows.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <stdexcept>
#include <thread>

#include "disk.hpp"
#include "fresh_engine.hpp"
#include "load.hpp"
#include "overload.hpp"
#include "support/http_answer.hpp"

namespace tappet::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Aim {
    int connections;
    double p50_ms, per_second, p99_ms;  ///< 0: not aimed at
    double bound_p50_ms, bound_per_second;
};

/// Loads one flow with each number of connections, each time on a fresh engine.
std::vector<Measure> load_row(const std::string& row, const Setup& setup, const std::vector<Aim>& aims) {
    std::vector<Measure> out;
    Measure sync_p50{"disk", "32 KiB and a sync, p50", "ms", {}};
    Measure sync_p99{"disk", "32 KiB and a sync, p99", "ms", {}};
    for (const Aim& aim : aims) {
        const std::string at =
            std::to_string(aim.connections) + (aim.connections == 1 ? " connection" : " connections");
        Measure rate{row, at, "/s", {}, aim.per_second, aim.bound_per_second, false};
        Measure p50{row, at + ", p50", "ms", {}, aim.p50_ms, aim.bound_p50_ms, true};
        Measure p99{row, at + ", p99", "ms", {}, aim.p99_ms, 0, true};
        for (int time = 0; time < setup.times; ++time) {
            const Sync sync = measure_sync(setup.work);
            sync_p50.values.push_back(sync.p50_ms);
            sync_p99.values.push_back(sync.p99_ms);
            FreshEngine engine(setup);
            engine.process().start();
            send_events(engine.hook(row), aim.connections, 1, "warm" + std::to_string(time));
            const Load load =
                send_events(engine.hook(row), aim.connections, setup.seconds, "run" + std::to_string(time));
            if (load.wrong > 0)
                throw std::runtime_error(row + ": " + std::to_string(load.wrong) +
                                         " events were not accepted\n" + engine.process().log());
            rate.values.push_back(load.per_second);
            p50.values.push_back(load.p50_ms);
            p99.values.push_back(load.p99_ms);
        }
        out.push_back(rate);
        out.push_back(p50);
        out.push_back(p99);
    }
    out.push_back(sync_p50);
    out.push_back(sync_p99);
    return out;
}

std::vector<Measure> idle_row(const Setup& setup) {
    Measure memory{"idle", "resident memory", "MiB", {}, 30, 0, true};
    Measure start{"idle", "start to first webhook", "ms", {}, 100, 0, true};
    for (int time = 0; time < setup.times; ++time) {
        FreshEngine engine(setup);
        const auto begin = Clock::now();
        engine.process().start();
        const std::string body = R"({"id":"first","count":1,"event":")" + std::string(200, 'x') + R"("})";
        const auto answer =
            test::exchange(engine.process().address(), "POST", "/hooks/default/accept/received", body,
                           {{"Content-Type", "application/json"}});
        if (answer.status != 202)
            throw std::runtime_error("idle: the first event is answered with " +
                                     std::to_string(answer.status));
        start.values.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
        memory.values.push_back(engine.memory_mib("VmRSS"));
    }
    return {memory, start};
}

using Row = std::function<std::vector<Measure>(const Setup&)>;

const std::vector<std::pair<std::string, Row>>& rows() {
    static const std::vector<std::pair<std::string, Row>> all{
        {"accept",
         [](const Setup& s) {
             return load_row(
                 "accept", s,
                 {{1, 0.5, 0, 0, 0.24, 0}, {16, 0, 22'000, 0, 0, 36'000}, {64, 0, 36'000, 8, 0, 60'000}});
         }},
        {"pure",
         [](const Setup& s) {
             return load_row(
                 "pure", s,
                 {{1, 0.6, 0, 0, 0.30, 0}, {16, 0, 14'000, 0, 0, 24'000}, {64, 0, 25'000, 0, 0, 45'000}});
         }},
        {"effect",
         [](const Setup& s) {
             return load_row("effect", s, {{16, 0, 4'500, 0, 0, 7'200}, {64, 0, 11'000, 0, 0, 18'000}});
         }},
        {"idle", idle_row},
        {"overload", overload_row},
        {"slow", slow_row}};
    return all;
}

}  // namespace

double Measure::median() const {
    std::vector<double> sorted = values;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0 : sorted[sorted.size() / 2];
}

std::vector<std::string> row_names() {
    std::vector<std::string> out;
    for (const auto& [name, row] : rows()) out.push_back(name);
    return out;
}

std::vector<Measure> measure(const std::string& name, const Setup& setup) {
    for (const auto& [known, row] : rows())
        if (known == name) return row(setup);
    throw std::runtime_error("there is no row " + name);
}

}  // namespace tappet::bench
