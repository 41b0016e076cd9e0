#include "api/run_resource.hpp"

#include "run/activation.hpp"
#include "run/journal.hpp"

namespace tappet::api {
namespace {

/// A run's document without its id, which stands beside the attributes.
std::vector<MapEntry> attributes_of(const Value& document) {
    std::vector<MapEntry> out;
    for (const MapEntry& entry : document.entries())
        if (entry.key.as_string() != "id") out.push_back(entry);
    return out;
}

Value relationships(const std::string& tenant, const std::string& flow, const RunId& id,
                    const std::vector<Resource>* steps) {
    const std::string link = run::run_address("", tenant, id) + "/steps";
    return Value::object({{"flow", related_one("flow", flow)}, {"steps", related_many(link, steps)}});
}

Value belongs_to(const RunId& run) { return Value::object({{"run", related_one("run", run.text())}}); }

}  // namespace

Resource row_resource(const store::RunRow& row, const run::Sealer* sealer) {
    run::RunFacts facts;
    facts.id = row.id;
    facts.tenant = row.tenant;
    facts.flow = row.flow;
    facts.trigger = row.trigger;
    facts.version = row.version;
    facts.status = row.status;
    facts.created = row.created;
    facts.started = row.started;
    facts.finished = row.finished;
    facts.labels = row.labels;
    if (auto detail = run::decode_detail(row.id, row.detail, sealer)) {
        facts.outputs = std::move(detail->outputs);
        facts.error = std::move(detail->error);
    }
    return {"run", row.id.text(), Value::map(attributes_of(run::run_document(facts))),
            relationships(row.tenant, row.flow, row.id, nullptr)};
}

Resource story_resource(const run::History& story, const std::vector<Resource>* steps) {
    const run::RunState& run = *story.run;
    std::vector<MapEntry> attributes = attributes_of(run::run_document(run));
    attributes.push_back({Value::string("response"), run::response_document(run)});
    return {"run", run.start.id.text(), Value::map(std::move(attributes)),
            relationships(run.start.tenant, run.start.flow, run.start.id, steps)};
}

Resource step_resource(const RunId& run, const run::StepRecord& step) {
    return {"step", run.text() + ":" + step.path, run::step_document(step), belongs_to(run)};
}

Resource log_resource(const RunId& run, const run::LogRecord& line, std::size_t number) {
    return {"log-line", run.text() + ":" + std::to_string(number), run::log_document(line), belongs_to(run)};
}

http::Response started(const Context& context, const Call& call, const std::string& flow,
                       const runtime::Accepted& accepted) {
    const RunId& id = accepted.run;
    http::Response response = one(call.request,
                                  {"run", id.text(), Value::object({{"status", Value::string("queued")}}),
                                   relationships(call.tenant, flow, id, nullptr)},
                                  202);
    response.headers.add("Location", run::run_address(context.base_url, call.tenant, id));
    if (accepted.duplicate) response.headers.add("Idempotent-Replayed", "true");
    return response;
}

}  // namespace tappet::api
