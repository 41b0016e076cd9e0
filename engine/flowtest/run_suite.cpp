#include "flowtest/run_suite.hpp"

#include "flowtest/judge.hpp"
#include "plugin/secrets.hpp"

namespace tappet::flowtest {
namespace {

/// How runs failed of which nothing was expected.
void note_failed_runs(const Case& played, const Played& outcome, std::vector<std::string>& notes) {
    if (played.expect.run || played.expect.error) return;
    for (const PlayedRun& run : outcome.runs)
        if (const auto& error = run.story.run->error)
            notes.push_back("the run " + std::string(run::to_string(run.story.run->status)) +
                            (error->step.empty() ? "" : " at " + error->step) + ": " +
                            std::string(flow::to_string(error->error_class)) + ": " + error->message);
}

CaseResult run_case(const Stage& stage, const Case& one, Coverage& flow) {
    using std::chrono::steady_clock;
    const auto begin = steady_clock::now();
    const Played outcome = play(stage, flow.plan(), flow.names(), one);
    CaseResult out;
    out.name = one.name;
    out.at = one.at;
    out.failures = judge(one, outcome);
    out.notes = outcome.notes;
    note_failed_runs(one, outcome, out.notes);
    std::vector<Value> texts;
    texts.reserve(one.secrets.size());
    for (const Setting& secret : one.secrets) texts.push_back(secret.value.as_secret());
    const plugin::KnownSecrets secrets{Value::list(std::move(texts))};
    for (std::string& note : out.notes) note = secrets.redact(note);
    out.took = outcome.took;
    flow.add(outcome);
    out.real_time = std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin);
    return out;
}

}  // namespace

std::vector<CaseResult> run_suite(const Stage& stage, const Suite& suite, Coverage& flow,
                                  std::string_view filter) {
    std::vector<CaseResult> out;
    for (const Case& one : suite.cases)
        if (one.name.find(filter) != std::string::npos) out.push_back(run_case(stage, one, flow));
    return out;
}

}  // namespace tappet::flowtest
