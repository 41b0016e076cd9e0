#include "case.hpp"

#include <algorithm>
#include <stdexcept>

#include "expr/json.hpp"
#include "flow/compile.hpp"
#include "flow/yaml.hpp"
#include "run/history.hpp"

namespace tappet::flows {
namespace {

constexpr TimeMs kBegin{1'700'000'000'000};

std::string text_of(const Value& from, std::string_view key, std::string fallback) {
    const Value* found = from.find(key);
    return found ? std::string(found->as_string()) : std::move(fallback);
}
Value value_of(const Value& from, std::string_view key, Value fallback) {
    const Value* found = from.find(key);
    return found ? *found : std::move(fallback);
}

/// A flow of a case, with the head that most of them share.
std::string whole_flow(const Value& c) {
    std::string source = text_of(c, "flow", "");
    if (source.find("triggers:") == std::string::npos)
        source = "triggers: [{ id: received, uses: core/manual }]\n" + source;
    return "flow: tested\n" + source;
}

void check_fields(const Value& c, std::string_view name) {
    static constexpr std::string_view kKnown[] = {"case",    "flow",  "trigger", "body",     "sync", "config",
                                                  "secrets", "calls", "expect",  "cancelAt", "crash"};
    for (const MapEntry& entry : c.entries())
        if (std::ranges::find(kKnown, entry.key.as_string()) == std::end(kKnown))
            throw std::runtime_error(std::string(name) + ": no field of a case is called " +
                                     std::string(entry.key.as_string()));
}

std::unique_ptr<World> world_of(const Value& c, const std::string& name, const flow::Catalog& catalog,
                                const run::Sealer& sealer) {
    const std::string source = whole_flow(c);
    auto compiled = flow::compile(name, source, catalog);
    if (!compiled.plan) throw std::runtime_error(flow::render_human(compiled.findings, source));
    auto world = std::make_unique<World>(
        World{compiled.plan, Script(value_of(c, "calls", Value::object({}))), {}, sealer, {}});
    world->around.base_url = "http://engine";
    world->around.secret = [secrets = value_of(c, "secrets", Value::object({}))](
                               std::string_view, std::string_view wanted) -> std::optional<Value> {
        const Value* found = secrets.find(wanted);
        return found ? std::optional(found->as_secret()) : std::nullopt;
    };
    if (const Value* at = c.find("cancelAt")) world->cancel_at = kBegin + duration_of(*at);
    return world;
}

Case case_of(const Value& c, const flow::Catalog& catalog, const run::Sealer& sealer) {
    Case out;
    out.name = text_of(c, "case", "");
    check_fields(c, out.name);
    out.world = world_of(c, out.name, catalog, sealer);
    out.begin = kBegin;
    out.same_end = text_of(c, "crash", "same end") == "same end";
    out.expect = value_of(c, "expect", Value::object({}));
    out.start.id = *Uuid::parse("018bcfe5-6800-7000-8000-000000000001");
    out.start.tenant = "default";
    out.start.flow = out.world->plan->flow;
    out.start.version = 3;
    out.start.trigger = text_of(c, "trigger", out.world->plan->triggers.front().id);
    out.start.event = Value::object({{"id", Value::string("event-1")},
                                     {"body", value_of(c, "body", Value::null())},
                                     {"headers", Value::object({})},
                                     {"query", Value::object({})}});
    out.start.config = value_of(c, "config", Value::null());
    if (const Value* sync = c.find("sync")) out.start.synchronous = sync->as_boolean();
    return out;
}

/// What a run has come to, in the parts that a crash must not change.
std::string end_of(const VirtualRun& run) {
    std::string text;
    append_json(text, run::run_document(run.state()), {.secrets = Secrets::reveal});
    const auto timeless = [&text](std::string_view field) {
        const std::size_t at = text.find("\"" + std::string(field) + "\"");
        const std::size_t end = at == std::string::npos ? at : text.find(',', at);
        if (end != std::string::npos) text.erase(at, end - at);
    };
    timeless("finishedAt");
    append_json(text, run::response_document(run.state()), {.secrets = Secrets::reveal});
    for (const run::StepState& step : run.state().root->steps)
        append_json(text, run::step_value(step), {.secrets = Secrets::reveal});
    return text;
}

std::string lines(const std::set<std::string>& all) {
    std::string out;
    for (const std::string& line : all) out += "\n    " + line;
    return out;
}

/// The process dies now: whoever folds the journal asks for the same again, and comes to the same end.
void crash(const Case& c, const VirtualRun& live, const std::string& end, std::vector<std::string>& wrong) {
    VirtualRun again(*c.world, c.start.id, live.rows(), live.now());
    const std::string at = "after a crash at row " + std::to_string(live.rows().size());
    if (again.entries_of_last() > 0) wrong.push_back(at + " the run goes on without being asked");
    if (again.open() != live.open())
        wrong.push_back(at + " is open" + lines(again.open()) + "\n  before it was" + lines(live.open()));
    if (!c.same_end) return;
    while (again.step()) continue;
    if (end_of(again) != end)
        wrong.push_back(at + " the run ends as\n    " + end_of(again) + "\n  instead of\n    " + end);
}

/// The engine dies here again and again, each time in a call for this run: it goes on as it would have, up to
/// the crash that sets it aside before anything of it is called.
void crash_engine(const Case& c, const VirtualRun& live, std::vector<std::string>& wrong) {
    const std::string at = "after crashes of the engine at row " + std::to_string(live.rows().size());
    std::vector<std::string> rows = live.rows();
    const std::uint32_t most = c.world->around.max_crashes;
    for (std::uint32_t crashes = live.state().crashes + 1; crashes <= most; ++crashes) {
        const run::RunCrashed crash{"a", "acme", "SIGSEGV", live.now() + std::chrono::milliseconds(crashes)};
        VirtualRun again(*c.world, c.start.id, rows, live.now(), crash);
        const bool aside = again.state().status == run::RunStatus::quarantined;
        if (aside != (crashes == most)) wrong.push_back(at + " it is set aside at the wrong one");
        if (aside && !again.asked().empty()) wrong.push_back(at + " a run is called that is set aside");
        if (!aside && again.open() != live.open())
            wrong.push_back(at + " is open" + lines(again.open()) + "\n  before it was" + lines(live.open()));
        rows = again.rows();
        const VirtualRun counted(*c.world, c.start.id, rows, live.now(), crash);
        if (counted.state().crashes != crashes) wrong.push_back(at + " one is counted twice");
    }
}

}  // namespace

std::vector<Case> read_cases(const std::string& file, const std::string& source, const flow::Catalog& catalog,
                             const run::Sealer& sealer) {
    const auto document = flow::read_yaml(file, source);
    if (!document.root || flow::has_errors(document.findings))
        throw std::runtime_error(flow::render_human(document.findings, source));
    std::vector<Case> cases;
    const Value all = flow::to_value(*document.root);
    for (const Value& item : all.items()) cases.push_back(case_of(item, catalog, sealer));
    return cases;
}

std::vector<std::string> play(const Case& c) {
    VirtualRun run(*c.world, c.start, c.begin);
    while (run.step()) continue;
    std::vector<std::string> wrong = differences(c.expect, run, c);
    const std::string end = end_of(run);
    VirtualRun second(*c.world, c.start, c.begin);
    for (bool more = true; more && wrong.empty(); more = second.step())
        if (!is_final(second.state().status)) {
            crash(c, second, end, wrong);
            crash_engine(c, second, wrong);
        }
    return wrong;
}

}  // namespace tappet::flows
