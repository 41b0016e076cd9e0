#include "calls.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "support/plugin_rig.hpp"

namespace tappet::bench {
namespace {

using plugin::CallOutcome;
using testing::PluginRig;

std::unique_ptr<PluginRig> rig_of(bool isolated) {
    plugin::HostOptions options;
    if (isolated) options.child_command = TAPPET_BINARY;
    return std::make_unique<PluginRig>(TAPPET_TEST_PLUGINS, std::move(options));
}

/// A host in this process or with the plugin in one of its own, and an input.
class Bench {
public:
    Bench(bool isolated, std::size_t kilobytes)
        : rig_(rig_of(isolated)), input_(sample(kilobytes)), action_(rig_->action("test/walk")) {
        expected_ = walk(input_);
        one();  // the process is there, and what it needs
    }
    void one() {
        std::optional<CallOutcome> outcome;
        start(outcome);
        rig_->wait(outcome);
        check(*outcome);
    }
    /// As many as `in_flight` at a time.
    void many(benchmark::State& state, std::size_t in_flight) {
        std::size_t under_way = 0, done = 0;
        const auto finished = [&](CallOutcome outcome) {
            check(outcome);
            --under_way;
            ++done;
        };
        while (true) {
            while (under_way < in_flight) {
                ++under_way;
                rig_->host->call(*action_, input_, rig_->context(), finished);
            }
            const std::size_t before = done;
            while (done == before) rig_->loop.run_one();
            rig_->loop.poll();
            bool more = true;
            for (std::size_t i = before; i < done && more; ++i) more = state.KeepRunning();
            if (!more) break;
        }
        while (under_way > 0) rig_->loop.run_one();
    }

private:
    void start(std::optional<CallOutcome>& outcome) {
        rig_->host->call(*action_, input_, rig_->context(),
                         [&outcome](CallOutcome out) { outcome = std::move(out); });
    }
    void check(const CallOutcome& outcome) const {
        const auto* value = std::get_if<Value>(&outcome);
        if (!value || !(*value == expected_)) throw std::runtime_error("the action gave something else");
    }

    std::unique_ptr<PluginRig> rig_;
    Value input_, expected_;
    std::shared_ptr<const flow::ActionSpec> action_;
};

void work(benchmark::State& state) {
    const Value input = sample(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(walk(input));
}
void one_at_a_time(benchmark::State& state, bool isolated) {
    Bench bench(isolated, static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) bench.one();
}
void many_in_flight(benchmark::State& state) {
    Bench bench(true, static_cast<std::size_t>(state.range(0)));
    bench.many(state, 16);
}

}  // namespace

Value sample(std::size_t kilobytes) {
    std::vector<MapEntry> entries;
    for (int i = 0; i < 20; ++i) {
        const std::string key = "property" + std::to_string(10 + i);
        Value value = i % 4 == 0 ? Value::integer(1'000'000'000 + i)
                                 : Value::string("a text of some length " + std::to_string(1000 + i));
        entries.push_back({Value::string(key), i % 4 == 0 ? value : std::move(value)});
    }
    const Value one = Value::map(std::move(entries));
    if (kilobytes <= 1) return one;
    std::vector<Value> items;
    for (std::size_t i = 0; i < kilobytes; ++i) {
        std::vector<MapEntry> copy(one.entries().begin(), one.entries().end());
        items.push_back(Value::map(std::move(copy)));
    }
    return Value::object({{"items", Value::list(std::move(items))}});
}

namespace {

std::int64_t sum(const Value& value) {
    std::int64_t out = 0;
    if (value.is(Kind::map)) {
        for (const MapEntry& entry : value.entries())
            out += static_cast<std::int64_t>(entry.key.as_string().size()) + sum(entry.value);
    } else if (value.is(Kind::list)) {
        for (const Value& item : value.items()) out += sum(item);
    } else if (value.is(Kind::string)) {
        const std::string_view text = value.as_string();
        out = static_cast<std::int64_t>(text.size()) + (text.empty() ? 0 : text.back());
    } else if (value.is(Kind::integer)) {
        out = value.as_integer() % 7;
    }
    return out;
}

}  // namespace

Value walk(const Value& value) { return Value::object({{"sum", Value::integer(sum(value))}}); }

void register_calls() {
    for (const int kilobytes : {1, 100}) {
        benchmark::RegisterBenchmark("work/direct", work)->Arg(kilobytes);
        benchmark::RegisterBenchmark("in-process/one", one_at_a_time, false)->Arg(kilobytes);
        benchmark::RegisterBenchmark("isolated/one", one_at_a_time, true)->Arg(kilobytes)->UseRealTime();
        benchmark::RegisterBenchmark("isolated/16 in flight", many_in_flight)->Arg(kilobytes)->UseRealTime();
    }
}

}  // namespace tappet::bench
