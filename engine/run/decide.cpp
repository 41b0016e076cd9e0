#include "run/decide.hpp"

#include "run/machine.hpp"

namespace tappet::run {
namespace {

struct Dispatch {
    Machine& machine;
    void operator()(const Begin& e) const { machine.begin(e.start); }
    void operator()(const Resume&) const { machine.resume(); }
    void operator()(const Release&) const { machine.release(); }
    void operator()(const CallFinished& e) const { machine.call_finished(e); }
    void operator()(const TimerFired& e) const { machine.timer_fired(e); }
    void operator()(const CancelRequested& e) const { machine.cancel(e.reason); }
    void operator()(const Crashed& e) const { machine.crashed(e.crash); }
};

}  // namespace

Decision decide(RunState& run, const Event& event, const Moment& moment) {
    Decision out;
    if (is_final(run.status)) return out;
    Machine machine(run, moment, out);
    std::visit(Dispatch{machine}, event);
    return out;
}

}  // namespace tappet::run
