#include <algorithm>
#include <stdexcept>

#include "case.hpp"
#include "expr/json.hpp"
#include "run/history.hpp"

namespace tappet::flows {
namespace {

std::string json(const Value& value) {
    std::string text;
    append_json(text, value, {.secrets = Secrets::reveal});
    return text;
}

/// Collects what differs; `expected` may name a part of a map, everything else must be equal.
struct Comparison {
    std::vector<std::string> wrong;

    void same(const std::string& what, const Value& expected, const Value& found) {
        if (json(expected) != json(found))
            wrong.push_back(what + ": expected " + json(expected) + ", found " + json(found));
    }
    void part(const std::string& what, const Value& expected, const Value& found) {
        if (!expected.is(Kind::map)) return same(what, expected, found);
        for (const MapEntry& entry : expected.entries()) {
            const std::string key(entry.key.as_string());
            const Value* member = found.find(key);
            same(what + "." + key, entry.value, member ? *member : Value::null());
        }
    }
};

const run::StepRecord* step_of(const run::History& story, std::string_view path) {
    const auto found = std::ranges::find(story.steps, path, &run::StepRecord::path);
    return found == story.steps.end() ? nullptr : &*found;
}

void compare_steps(const Value& expected, const run::History& story, Comparison& out) {
    for (const MapEntry& entry : expected.entries()) {
        const std::string path(entry.key.as_string());
        const run::StepRecord* step = step_of(story, path);
        const Value found = step ? run::step_document(*step) : Value::null();
        if (entry.value.is(Kind::string)) {  // the status alone
            const Value* status = found.find("status");
            out.same(path, entry.value, status ? *status : Value::null());
        } else if (entry.value.is(Kind::map) && !entry.value.find("error")) {
            out.part(path, entry.value, found);
        } else if (entry.value.is(Kind::map)) {
            for (const MapEntry& field : entry.value.entries()) {
                const Value* member = found.find(field.key.as_string());
                out.part(path + "." + std::string(field.key.as_string()), field.value,
                         member ? *member : Value::null());
            }
        } else {
            out.same(path, entry.value, found);
        }
    }
}

Value kinds_of(const std::vector<run::Entry>& entries) {
    static constexpr const char* kNames[] = {"RunStarted",  "StepStarted",   "StepSucceeded", "StepFailed",
                                             "StepSkipped", "StepCancelled", "ItemFinished",  "Responded",
                                             "RunFailing",  "RunFinished",   "Logged",        "RunCrashed",
                                             "RunReleased"};
    std::vector<Value> out;
    for (const run::Entry& entry : entries) out.push_back(Value::string(kNames[entry.body.index()]));
    return Value::list(std::move(out));
}

void compare_secret(const Value& expected, const run::History& story, Comparison& out) {
    for (const Value& place : expected.items()) {
        const run::StepRecord* step = step_of(story, place.as_string());
        const bool marked = place.as_string() == "outputs" ? story.run->outputs.holds_secret()
                            : place.as_string() == "answer"
                                ? story.run->answer && story.run->answer->body.holds_secret()
                                : step && step->results.holds_secret();
        if (!marked) out.wrong.push_back(std::string(place.as_string()) + " has lost its mark");
    }
}

/// The story that the journal tells must be that of the run which wrote it.
void compare_with_live(const run::History& story, const run::RunState& live, Comparison& out) {
    out.same("run of the journal", run::run_document(live), run::run_document(*story.run));
    out.same("answer of the journal", run::response_document(live), run::response_document(*story.run));
    for (std::size_t i = 0; i < live.root->steps.size(); ++i) {
        const run::StepState& step = live.root->steps[i];
        run::StepAddress at;
        at.step = static_cast<std::uint32_t>(i);
        const std::string path = run::path_text(*live.plan, at);
        const run::StepRecord* told = step_of(story, path);
        if (!told) {
            if (step.status != run::StepStatus::pending)
                out.wrong.push_back("the journal is silent of " + path);
            continue;
        }
        Value document = run::step_document(*told);
        for (const char* field : {"status", "results", "error", "attempts"})
            out.same(path + "." + field + " of the journal", *run::step_value(step).find(field),
                     *document.find(field));
    }
}

}  // namespace

std::vector<std::string> differences(const Value& expect, const VirtualRun& run, const Case& c) {
    const auto entries = entries_of(c.start.id, run.rows(), c.world->sealer);
    auto story = run::history(c.world->plan, entries);
    if (!story) return {story.error().message};
    Comparison out;
    compare_with_live(*story, run.state(), out);
    const Value document = run::run_document(*story->run);
    for (const MapEntry& entry : expect.entries()) {
        const std::string key(entry.key.as_string());
        const Value& wanted = entry.value;
        if (key == "status" || key == "outputs" || key == "labels") {
            out.same(key, wanted, *document.find(key));
        } else if (key == "error") {
            out.part(key, wanted, *document.find(key));
        } else if (key == "steps") {
            compare_steps(wanted, *story, out);
        } else if (key == "answer") {
            out.part(key, wanted, run::response_document(*story->run));
        } else if (key == "entries") {
            out.same(key, wanted, kinds_of(entries));
        } else if (key == "took") {
            out.same(key, Value::integer(duration_of(wanted).count()),
                     Value::integer((story->run->finished - c.begin).count()));
        } else if (key == "calls") {
            std::vector<Value> asked;
            for (const std::string& path : run.asked()) asked.push_back(Value::string(path));
            out.same(key, wanted, Value::list(std::move(asked)));
        } else if (key == "mostCalls") {
            out.same(key, wanted, Value::integer(static_cast<std::int64_t>(run.most_calls())));
        } else if (key == "warnings") {
            out.same(key, wanted, Value::integer(static_cast<std::int64_t>(run.warnings().size())));
        } else if (key == "secret") {
            compare_secret(wanted, *story, out);
        } else {
            throw std::runtime_error("nothing that can be expected is called " + key);
        }
    }
    return std::move(out.wrong);
}

}  // namespace tappet::flows
