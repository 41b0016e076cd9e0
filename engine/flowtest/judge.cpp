#include "flowtest/judge.hpp"

#include <algorithm>

#include "base/time_text.hpp"
#include "flowtest/match.hpp"
#include "flowtest/span.hpp"
#include "plugin/secrets.hpp"
#include "run/activation.hpp"

namespace tappet::flowtest {

using flow::YamlKind;
using flow::YamlNode;
using flow::YamlPair;
using std::chrono::milliseconds;

namespace {

/// A wait of a step before its next attempt.
struct Wait {
    std::string path;  ///< of the step
    milliseconds length;
};

std::vector<Wait> waits_of(const PlayedRun& run) {
    std::vector<Wait> out;
    for (const run::Entry& entry : run.entries)
        if (const auto* failed = std::get_if<run::StepFailed>(&entry.body);
            failed && failed->retry_at.ms != 0)
            out.push_back({run::path_text(*run.story.run->plan, failed->at), failed->retry_at - entry.time});
    return out;
}

std::string events(std::size_t count) { return std::to_string(count) + (count == 1 ? " event" : " events"); }

class Judge {
public:
    Judge(const Case& played, const Played& outcome) : expect_(played.expect), played_(outcome) {}

    std::vector<Failure> all() {
        responses();
        counts();
        if (expects_of_runs() && played_.runs.empty()) no_run();
        for (std::size_t i = 0; i < played_.runs.size(); ++i)
            of_run(played_.runs[i], played_.runs.size() == 1 ? "" : "run[" + std::to_string(i) + "].", i);
        calls();
        return std::move(out_);
    }

private:
    void fail(const YamlNode& wanted, std::string path, std::string got) {
        out_.push_back({std::move(path), shown(to_value(wanted)), std::move(got), wanted.range});
    }

    void responses() {
        if (!expect_.response) return;
        const bool each = expect_.response->is(YamlKind::sequence);
        for (std::size_t i = 0; i < played_.responses.size(); ++i) {
            const YamlNode& wanted = each ? expect_.response->items[i] : *expect_.response;
            if (each && wanted.is(YamlKind::null)) continue;
            match(wanted, &played_.responses[i],
                  played_.responses.size() == 1 ? "response" : "response[" + std::to_string(i) + "]", out_);
        }
    }

    void counts() {
        const auto runs = static_cast<std::int64_t>(played_.runs.size());
        if (expect_.runs && expect_.runs->scalar.as_integer() != runs)
            fail(*expect_.runs, "runs",
                 std::to_string(runs) + " from " + events(played_.responses.size()) + why_no_run());
        if (expect_.run && expect_.run->is(YamlKind::sequence) &&
            expect_.run->items.size() != played_.runs.size())
            fail(*expect_.run, "run", std::to_string(runs) + " runs");
    }

    const YamlNode* expects_of_runs() const {
        for (const YamlNode* node : {expect_.run, expect_.error, expect_.outputs, expect_.labels,
                                     expect_.logs, expect_.took, expect_.waits})
            if (node) return node;
        return expect_.steps.empty() ? nullptr : expect_.steps.front().value;
    }

    /// What the senders of events were told that began no run.
    std::string why_no_run() const {
        if (!played_.runs.empty()) return {};
        std::string out;
        for (const Value& response : played_.responses) {
            const Value* status = response.find("status");
            const Value* body = response.find("body");
            if (!status) continue;
            out += (out.empty() ? ": answered with " : ", ") + shown(*status);
            if (body && !body->is_null()) out += " " + shown(*body);
        }
        return out;
    }

    void no_run() {
        const YamlNode& wanted = *expects_of_runs();
        if (expect_.run && expect_.run->is(YamlKind::sequence) && expect_.run->items.empty()) return;
        out_.push_back({"run", "a run", "none" + why_no_run(), wanted.range});
    }

    void of_run(const PlayedRun& run, const std::string& prefix, std::size_t place) {
        const Value document = run::run_document(*run.story.run);
        if (expect_.run) {
            const bool each = expect_.run->is(YamlKind::sequence);
            if (!each || place < expect_.run->items.size())
                status(each ? expect_.run->items[place] : *expect_.run, document, prefix);
        }
        const auto member = [&](const YamlNode* wanted, std::string_view name) {
            if (wanted) match(*wanted, document.find(name), prefix + std::string(name), out_);
        };
        member(expect_.error, "error");
        member(expect_.outputs, "outputs");
        member(expect_.labels, "labels");
        for (const auto& step : expect_.steps) of_step(run, step, prefix + "steps." + step.name);
        if (expect_.logs) logs(run, prefix + "logs");
        if (expect_.took) took(run, prefix + "took");
        if (expect_.waits) waits(run, prefix + "waits");
    }

    void status(const YamlNode& wanted, const Value& run, const std::string& prefix) {
        const Value& got = *run.find("status");
        if (got.as_string() == wanted.text) return;
        std::string text = shown(got);
        if (const Value* error = run.find("error"); error && error->is(Kind::map))
            text += ", " + shown(*error);
        fail(wanted, prefix + "run", std::move(text));
    }

    void of_step(const PlayedRun& run, const Expectation::Member& wanted, const std::string& path) {
        bool reached = false;
        for (const run::StepRecord& step : run.story.steps) {
            if (step.path != wanted.name && step.id != wanted.name) continue;
            reached = true;
            const std::string at = step.path == wanted.name ? path : path + " (" + step.path + ")";
            of_record(run, step, *wanted.value, at);
        }
        if (reached) return;
        const YamlNode& node = *wanted.value;
        const YamlPair* status = node.find("status");
        const YamlNode& status_node = status ? status->value : node;
        if (status_node.text == "pending") return;
        fail(status_node, path, "the run did not come to it");
    }

    void of_record(const PlayedRun& run, const run::StepRecord& step, const YamlNode& wanted,
                   const std::string& path) {
        const Value document = run::step_document(step);
        if (!wanted.is(YamlKind::mapping)) return step_status(wanted, document, path);
        for (const YamlPair& pair : wanted.pairs) {
            const std::string at = path + "." + pair.key;
            if (pair.key == "waited") {
                milliseconds waited{0};
                for (const Wait& wait : waits_of(run))
                    if (wait.path == step.path) waited += wait.length;
                span(pair.value, waited, at);
            } else if (pair.key == "status") {
                step_status(pair.value, document, at);
            } else {
                match(pair.value, document.find(pair.key), at, out_);
            }
        }
    }

    void step_status(const YamlNode& wanted, const Value& step, const std::string& path) {
        const Value& got = *step.find("status");
        if (got.as_string() == wanted.text) return;
        std::string text = shown(got);
        if (const Value* error = step.find("error"); error && error->is(Kind::map))
            text += ", " + shown(*error);
        fail(wanted, path, std::move(text));
    }

    void span(const YamlNode& wanted, milliseconds got, const std::string& path) {
        if (!parse_span(wanted.text)->holds(got)) fail(wanted, path, to_text(got));
    }

    void took(const PlayedRun& run, const std::string& path) {
        const run::RunState& state = *run.story.run;
        if (!run::is_final(state.status)) return fail(*expect_.took, path, "the run has not ended");
        span(*expect_.took, state.finished - state.created, path);
    }

    void waits(const PlayedRun& run, const std::string& path) {
        const auto got = waits_of(run);
        if (got.size() != expect_.waits->items.size()) {
            std::string text = std::to_string(got.size()) + (got.size() == 1 ? " wait" : " waits");
            for (std::size_t i = 0; i < got.size(); ++i)
                text += (i == 0 ? ": " : ", ") + got[i].path + " " + to_text(got[i].length);
            return fail(*expect_.waits, path, std::move(text));
        }
        for (std::size_t i = 0; i < got.size(); ++i)
            span(expect_.waits->items[i], got[i].length, path + "[" + std::to_string(i) + "]");
    }

    void logs(const PlayedRun& run, const std::string& path) {
        std::vector<Value> lines;
        lines.reserve(run.story.logs.size());
        for (const run::LogRecord& line : run.story.logs) lines.push_back(run::log_document(line));
        const auto& wanted = expect_.logs->items;
        if (wanted.size() != lines.size()) {
            std::string text = std::to_string(lines.size()) + (lines.size() == 1 ? " line" : " lines");
            for (std::size_t i = 0; i < lines.size(); ++i)
                text += (i == 0 ? ": " : ", ") + shown(*lines[i].find("message"));
            return fail(*expect_.logs, path, std::move(text));
        }
        for (std::size_t i = 0; i < lines.size(); ++i)
            match(wanted[i], wanted[i].is(YamlKind::string) ? lines[i].find("message") : &lines[i],
                  path + "[" + std::to_string(i) + "]", out_);
    }

    void calls() {
        for (const auto& wanted : expect_.calls) {
            std::vector<const RecordedCall*> got;
            for (const RecordedCall& call : played_.calls)
                if (call.action == wanted.name || call.path == wanted.name || call.id == wanted.name)
                    got.push_back(&call);
            const std::string path = "calls." + wanted.name;
            const auto& inputs = wanted.value->items;
            if (inputs.size() != got.size()) {
                std::string text = std::to_string(got.size()) + (got.size() == 1 ? " call" : " calls");
                for (std::size_t i = 0; i < got.size(); ++i)
                    text += (i == 0 ? ": " : ", ") + shown(got[i]->input);
                out_.push_back({path,
                                std::to_string(inputs.size()) + (inputs.size() == 1 ? " call" : " calls"),
                                std::move(text), wanted.at});
                continue;
            }
            for (std::size_t i = 0; i < got.size(); ++i)
                match(inputs[i], &got[i]->input, path + "[" + std::to_string(i) + "]", out_);
        }
    }

    const Expectation& expect_;
    const Played& played_;
    std::vector<Failure> out_;
};

}  // namespace

std::vector<Failure> judge(const Case& played, const Played& outcome) {
    std::vector<Failure> out;
    if (!outcome.fault.empty()) out.push_back({"case", "an end", outcome.fault, played.at});
    for (Failure& failure : Judge(played, outcome).all()) out.push_back(std::move(failure));
    std::vector<Value> texts;
    texts.reserve(played.secrets.size());
    for (const Setting& secret : played.secrets) texts.push_back(secret.value.as_secret());
    const plugin::KnownSecrets secrets{Value::list(std::move(texts))};
    for (Failure& failure : out) {
        failure.expected = secrets.redact(failure.expected);
        failure.got = secrets.redact(failure.got);
    }
    return out;
}

}  // namespace tappet::flowtest
