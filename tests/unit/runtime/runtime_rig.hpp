#pragma once
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flow/compile.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"
#include "runtime/runtime.hpp"
#include "support/memory_store.hpp"
#include "support/scripted_caller.hpp"
#include "support/test_catalog.hpp"
#include "support/test_sealer.hpp"

namespace tappet::test {

/// A runtime over a memory store and scripted actions. Commits become durable when a test says so.
class RuntimeRig {
public:
    explicit RuntimeRig(runtime::Options options = {}) : options_(std::move(options)) { boot(); }

    /// The process dies: what is not durable is lost. A new one is over the same disk, not recovered yet.
    void crash() {
        parts_.reset();
        boot();
    }
    runtime::FlowHandle publish(const std::string& rest, const std::string& name = "tested") {
        const std::string source =
            "flow: " + name + "\ntriggers: [{ id: received, uses: core/manual }]\n" + rest;
        auto compiled = flow::compile("tested.yaml", source, catalog);
        if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
        return flows().publish("default", compiled.plan, "tested.yaml", clock.now()).value();
    }
    RunId start(const runtime::FlowHandle& flow, Value body = {}, const std::string& key = "",
                bool sync = false) {
        runtime::Start start;
        start.id = runtime().new_id();
        start.flow = flow;
        start.trigger = "received";
        start.event = Value::object({{"id", Value::string("e")}, {"body", std::move(body)}});
        start.synchronous = sync;
        if (!key.empty()) {
            start.claim = store::DedupeClaim{{}, clock.now(), clock.now() + std::chrono::hours(1)};
            std::copy_n(key.begin(), std::min<std::size_t>(16, key.size()), start.claim->key.begin());
        }
        const RunId id = start.id;
        runtime().start(std::move(start),
                        [this](Result<runtime::Accepted> result) { accepted.push_back(result); });
        return id;
    }
    /// Runs what is posted to the loop.
    void poll() {
        parts_->loop.restart();
        parts_->loop.poll();
    }
    /// Makes everything durable and lets the loop run until both rest.
    void settle() {
        do poll();
        while (store().complete_one());
        poll();
    }
    void advance(std::chrono::milliseconds d) {
        clock.advance(d);
        runtime().tick();
    }
    std::vector<run::Entry> journal(const RunId& id) const {
        std::vector<run::Entry> all;
        for (const std::string& row : disk.journals.at(id)) {
            auto part = run::decode_row(id, row, &sealer);
            std::move(part->begin(), part->end(), std::back_inserter(all));
        }
        return all;
    }
    run::History story(const runtime::FlowHandle& flow, const RunId& id) const {
        return run::history(flow->plan, journal(id)).value();
    }
    std::size_t rows(const RunId& id) const {
        return disk.journals.contains(id) ? disk.journals.at(id).size() : 0;
    }

    runtime::Runtime& runtime() { return parts_->runtime; }
    runtime::Flows& flows() { return parts_->flows; }
    MemoryStore& store() { return parts_->store; }
    ScriptedCaller& caller() { return parts_->caller; }
    boost::asio::io_context& loop() { return parts_->loop; }

    TestCatalog catalog;
    TestSealer sealer;
    ManualClock clock;
    SeededRandom random{11};
    MemoryDisk disk;
    std::vector<Result<runtime::Accepted>> accepted;

private:
    struct Parts {
        explicit Parts(RuntimeRig& rig)
            : store(rig.disk),
              flows(store, rig.catalog),
              background(loop, 1),
              runtime(loop, store, caller, flows, background, rig.clock, rig.random, &rig.sealer,
                      rig.options_) {}
        boost::asio::io_context loop;
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{loop.get_executor()};
        MemoryStore store;
        ScriptedCaller caller;
        runtime::Flows flows;
        runtime::Background background;
        runtime::Runtime runtime;
    };
    void boot() { parts_ = std::make_unique<Parts>(*this); }

    runtime::Options options_;
    std::unique_ptr<Parts> parts_;
};

inline Value list_of(std::int64_t count) {
    std::vector<Value> items;
    for (std::int64_t i = 0; i < count; ++i) items.push_back(Value::integer(i));
    return Value::list(std::move(items));
}

}  // namespace tappet::test
