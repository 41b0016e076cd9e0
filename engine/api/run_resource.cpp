#include "api/run_resource.hpp"

#include "base/encoding.hpp"
#include "base/time_text.hpp"
#include "run/activation.hpp"
#include "run/journal.hpp"

namespace tappet::api {
namespace {

Value time_or_null(TimeMs time) { return time.ms == 0 ? Value::null() : Value::string(to_rfc3339(time)); }

Value relationships(const std::string& tenant, const std::string& flow, const RunId& id,
                    const std::vector<Resource>* steps) {
    const std::string link = run::run_address("", tenant, id) + "/steps";
    return Value::object({{"flow", related_one("flow", flow)}, {"steps", related_many(link, steps)}});
}

Value belongs_to(const RunId& run) { return Value::object({{"run", related_one("run", run.text())}}); }

}  // namespace

Resource row_resource(const store::RunRow& row, const run::Sealer* sealer) {
    std::vector<MapEntry> labels;
    for (const auto& [name, value] : row.labels)
        labels.push_back({Value::string(name), Value::string(value)});
    const auto detail = run::decode_detail(row.id, row.detail, sealer);
    const bool waiting = row.status == run::RunStatus::waiting;
    return {
        "run", row.id.text(),
        Value::object({{"tenant", Value::string(row.tenant)},
                       {"flow", Value::string(row.flow)},
                       {"version", Value::integer(row.version)},
                       {"trigger", Value::string(row.trigger)},
                       {"status", Value::string(run::to_string(row.status))},
                       {"createdAt", time_or_null(row.created)},
                       {"startedAt", time_or_null(row.started)},
                       {"finishedAt", time_or_null(row.finished)},
                       {"labels", Value::map(std::move(labels))},
                       {"outputs", detail ? detail->outputs : Value::null()},
                       {"error", detail && detail->error ? run::error_value(*detail->error) : Value::null()},
                       {"waitingFor", waiting ? Value::string("retry") : Value::null()}}),
        relationships(row.tenant, row.flow, row.id, nullptr)};
}

Resource story_resource(const run::History& story, const std::vector<Resource>* steps) {
    const run::RunState& run = *story.run;
    const Value document = run::run_document(run);
    std::vector<MapEntry> attributes;
    for (const MapEntry& entry : document.entries())
        if (entry.key.as_string() != "id") attributes.push_back(entry);
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
    response.headers.add("location", run::run_address(context.base_url, call.tenant, id));
    if (accepted.duplicate) response.headers.add("idempotent-replayed", "true");
    return response;
}

}  // namespace tappet::api
