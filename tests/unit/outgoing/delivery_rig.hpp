#pragma once
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "outgoing/deliverer.hpp"
#include "support/scripted_door.hpp"
#include "unit/runtime/runtime_rig.hpp"

namespace tappet::outgoing {

/// A deliverer in virtual time over a store in memory and a scripted way out; runs are commits made by hand.
class DeliveryRig {
public:
    explicit DeliveryRig(Options options = {}) : options_(options) { boot(); }

    void boot() {
        door.emplace(rig.loop());
        vars.emplace(rig.store());
        deliverer.emplace(
            rig.loop(), *door, rig.flows(), *vars, rig.store(), rig.clock, rig.random,
            [this](std::string_view, std::string_view name) -> std::optional<Value> {
                const auto found = secrets.find(name);
                if (found == secrets.end()) return std::nullopt;
                return Value::string(found->second).as_secret();
            },
            [this](const std::function<void()>& work, std::function<void()> then) {
                work();
                if (holds) return held.push_back(std::move(then));
                boost::asio::post(rig.loop(), std::move(then));
            },
            options_);
        publish();
        deliverer->start();
        rest();
    }
    /// The process dies; the next one is over the same disk.
    void crash() {
        deliverer.reset();
        held.clear();
        door.reset();
        vars.reset();
        rig.crash();
        boot();
    }
    void publish(const std::string& more = "") {
        flow = rig.publish(
            "config: { Base: { type: string, default: 'https://a.test' } }\n"
            "steps: [{ id: a, uses: test/effect }]\nnotify:\n"
            "  - { id: one, url: \"${{ configVars['Base'] }}/one\", secrets: ['${{ secrets.A }}'" +
            more +
            "] }\n"
            "  - { id: two, url: 'https://b.test/two/${{ secrets.PATH }}', secrets: ['${{ secrets.A }}'] "
            "}\n");
    }
    /// The same flow, of another tenant.
    void publish_for(const std::string& tenant) {
        (void)rig.flows().publish(tenant, flow->plan, "tested.yaml", rig.clock.now()).value();
    }
    /// A run ended, and the address is told.
    Uuid ended(const std::string& name = "one", const std::string& tenant = "default") {
        rig.clock.advance(std::chrono::milliseconds(1));
        store::Commit commit;
        commit.run = commit.row.id = rig.runtime().new_id();
        commit.row.tenant = tenant;
        commit.row.status = run::RunStatus::succeeded;
        commit.data = "row";
        const store::OutgoingAddress to{tenant, "tested", name};
        const Uuid id = rig.runtime().new_id();
        commit.outgoing.push_back({id, to, flow->version, commit.run, "run.succeeded",
                                   R"({"type":"run.succeeded"})", rig.clock.now()});
        commit.done = [this, to, id](const Result<store::Committed>&) { deliverer->written(to, id); };
        rig.store().commit(std::move(commit));
        rest();
        return id;
    }
    void rest() {
        rig.settle();
        deliverer->tick();
        rig.settle();
    }
    void pass(std::chrono::milliseconds time) {
        rig.clock.advance(time);
        rest();
    }
    store::OutgoingRow row(const Uuid& id) { return rig.store().outgoing("default", id).value(); }
    /// Tells what the disk did while it was held; `number` alone, or all.
    void release(std::size_t number) {
        const auto then = std::move(held.at(number));
        held.erase(held.begin() + static_cast<std::ptrdiff_t>(number));
        then();
        rest();
    }
    void release() {
        holds = false;
        while (!held.empty()) release(0);
    }
    std::size_t sent() const { return door->requests.size(); }
    /// Lets time pass until the next attempt of the only message, or `most`; how long that took.
    std::chrono::milliseconds until_next(std::chrono::milliseconds most, std::chrono::milliseconds step) {
        const std::size_t before = sent();
        std::chrono::milliseconds passed{0};
        while (sent() == before && passed < most) {
            pass(step);
            passed += step;
        }
        return passed;
    }

    test::RuntimeRig rig;
    std::map<std::string, std::string, std::less<>> secrets{{"A", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
                                                            {"PATH", "t0ken"}};
    runtime::FlowHandle flow;
    std::optional<testing::ScriptedDoor> door;
    std::optional<runtime::ConfigVars> vars;
    std::optional<Deliverer> deliverer;
    bool holds = false;  ///< the disk does what it is asked for and does not say so
    std::deque<std::function<void()>> held;

private:
    Options options_;
};

}  // namespace tappet::outgoing
