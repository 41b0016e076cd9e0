#include "virtual_run.hpp"

#include <stdexcept>

#include "expr/json.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"

namespace tappet::flows {

std::vector<run::Entry> entries_of(const RunId& id, const std::vector<std::string>& rows,
                                   const run::Sealer& sealer) {
    std::vector<run::Entry> all;
    for (const std::string& row : rows) {
        auto part = run::decode_row(id, row, &sealer);
        if (!part) throw std::runtime_error(part.error().message);
        for (auto& entry : *part) all.push_back(std::move(entry));
    }
    return all;
}

VirtualRun::VirtualRun(const World& world, const run::RunStarted& start, TimeMs now)
    : world_(world), state_(std::make_unique<run::RunState>(world.plan)), now_(now) {
    if (world.cancel_at) add(*world.cancel_at, run::CancelRequested{"asked for"});
    happen(run::Begin{start});
}

VirtualRun::VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now)
    : VirtualRun(world, id, rows, now, nullptr) {}

VirtualRun::VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now,
                       const run::RunCrashed& crash)
    : VirtualRun(world, id, rows, now, &crash) {}

VirtualRun::VirtualRun(const World& world, const RunId& id, const std::vector<std::string>& rows, TimeMs now,
                       const run::RunCrashed* crash)
    : world_(world), now_(now), rows_(rows) {
    auto folded = run::fold(world.plan, entries_of(id, rows, world.sealer));
    if (!folded) throw std::runtime_error(folded.error().message);
    state_ = std::move(*folded);
    if (world.cancel_at && *world.cancel_at > now) add(*world.cancel_at, run::CancelRequested{"asked for"});
    if (crash) happen(run::Crashed{*crash});
    happen(run::Resume{});
}

bool VirtualRun::step() {
    if (agenda_.empty() || is_final(state_->status)) return false;
    const auto next = agenda_.begin();
    now_ = std::max(now_, TimeMs{next->first.first});
    const run::Event event = std::move(next->second);
    agenda_.erase(next);
    if (const auto* finished = std::get_if<run::CallFinished>(&event)) {
        const OpenCall call = calls_.at(finished->call);
        if (call.limit) agenda_.erase(*call.limit);
        calls_.erase(finished->call);
    }
    happen(event);
    return true;
}

void VirtualRun::happen(const run::Event& event) {
    const run::Moment moment{now_, random_, world_.around};
    run::Decision decision = run::decide(*state_, event, moment);
    entries_of_last_ = decision.entries.size();
    rows_.push_back(run::encode_row(state_->start.id, decision.entries, &world_.sealer));
    for (std::string& warning : decision.warnings) warnings_.push_back(std::move(warning));
    for (run::Command& command : decision.commands)
        std::visit([this](auto& c) { perform(std::move(c)); }, command);
}

VirtualRun::Key VirtualRun::add(TimeMs at, run::Event event) {
    const Key key{at.ms, ++asked_};
    agenda_.emplace(key, std::move(event));
    return key;
}

void VirtualRun::perform(run::CallAction&& call) {
    const ScriptedAnswer answer = world_.script.answer(call);
    OpenCall open{std::move(call), {}, {}};
    if (!answer.never)
        open.answer =
            add(now_ + answer.after, run::CallFinished{open.asked.call, answer.outcome, answer.retry_after});
    asked_paths_.push_back(open.asked.step);
    const std::uint32_t number = open.asked.call;
    calls_.emplace(number, std::move(open));
    most_calls_ = std::max(most_calls_, calls_.size());
}

void VirtualRun::perform(const run::CancelCall& cancel) {
    const auto found = calls_.find(cancel.call);
    if (found == calls_.end()) throw std::runtime_error("a call is cancelled that is not under way");
    if (found->second.answer) agenda_.erase(*found->second.answer);
    if (found->second.limit) agenda_.erase(*found->second.limit);
    calls_.erase(found);
}

void VirtualRun::perform(const run::ArmTimer& timer) {
    const Key key = add(timer.at, timer.fires);
    if (timer.fires.kind == run::TimerFired::Kind::attempt) calls_.at(timer.fires.call).limit = key;
}

namespace {

/// Whether a step still waits for the retry that a timer stands for.
bool waits(const run::RunState& run, const run::StepAddress& at) {
    const run::ScopeState* scope = run::find_scope(run, at);
    if (!scope) return false;
    const run::StepState& step = scope->steps[at.step];
    return step.status == run::StepStatus::retrying && step.call == 0;
}

}  // namespace

std::set<std::string> VirtualRun::open() const {
    std::set<std::string> lines;
    for (const auto& [number, call] : calls_) {
        std::string line = "call " + call.asked.step + " attempt " + std::to_string(call.asked.attempt) +
                           " key " + call.asked.idempotency_key + (call.limit ? " limited " : " ");
        append_json(line, call.asked.input, {.secrets = Secrets::reveal});
        lines.insert(std::move(line));
    }
    std::int64_t limit = 0;
    for (const auto& [key, event] : agenda_) {
        const auto* timer = std::get_if<run::TimerFired>(&event);
        if (!timer) continue;
        if (timer->kind == run::TimerFired::Kind::run) limit = key.first;
        if (timer->kind == run::TimerFired::Kind::retry && waits(*state_, timer->at))
            lines.insert("retry " + run::path_text(*world_.plan, timer->at) + " at " +
                         std::to_string(key.first));
    }
    if (limit != 0) lines.insert("the run ends at " + std::to_string(limit));
    return lines;
}

}  // namespace tappet::flows
