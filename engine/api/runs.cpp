#include <charconv>

#include "api/context.hpp"
#include "api/document.hpp"
#include "api/run_story.hpp"
#include "base/encoding.hpp"
#include "base/time_text.hpp"
#include "expr/json.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"

namespace tappet::api {
namespace {

constexpr std::size_t kMaxPage = 500;

Value time_or_null(TimeMs time) { return time.ms == 0 ? Value::null() : Value::string(to_rfc3339(time)); }

Resource row_resource(const Context& context, const store::RunRow& row) {
    std::vector<MapEntry> labels;
    for (const auto& [name, value] : row.labels)
        labels.push_back({Value::string(name), Value::string(value)});
    const auto detail = run::decode_detail(row.id, row.detail, context.sealer);
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
                       {"waitingFor", waiting ? Value::string("retry") : Value::null()}})};
}

/// A filter of the query, or what is wrong with it.
struct Filter {
    store::RunFilter filter;
    std::string problem, parameter;
};

bool read_filter_field(Filter& out, std::string_view name, std::string_view text) {
    store::RunFilter& filter = out.filter;
    if (name == "filter[flow]") return filter.flow = std::string(text), true;
    if (name == "filter[status]") {
        while (!text.empty()) {
            const std::size_t comma = text.find(',');
            const auto status = run::parse_run_status(text.substr(0, comma));
            if (!status) return false;
            filter.status.push_back(*status);
            text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        }
        return true;
    }
    if (name == "filter[label]") {
        const std::size_t colon = text.find(':');
        if (colon == std::string_view::npos || colon == 0) return false;
        filter.label = {std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
        return true;
    }
    if (name == "filter[createdFrom]")
        return filter.created_from = parse_rfc3339(text), filter.created_from.has_value();
    if (name == "filter[createdBefore]")
        return filter.created_before = parse_rfc3339(text), filter.created_before.has_value();
    if (name == "page[after]") return filter.after = Uuid::parse(text), filter.after.has_value();
    if (name == "page[size]") {
        std::size_t size = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
        if (error != std::errc() || end != text.data() + text.size() || size == 0 || size > kMaxPage)
            return false;
        filter.limit = size;
        return true;
    }
    return false;
}

Filter read_filter(const Call& call) {
    Filter out;
    out.filter.tenant = call.tenant;
    for (const MapEntry& entry : call.query.entries()) {
        const std::string_view name = entry.key.as_string();
        if (entry.value.is(Kind::string) && read_filter_field(out, name, entry.value.as_string())) continue;
        out.parameter = name;
        out.problem =
            "parameters are filter[flow], filter[status] (statuses joined by commas), filter[label] "
            "(name:value), "
            "filter[createdFrom] and filter[createdBefore] (RFC 3339), page[size] (1 to 500) and "
            "page[after], each once";
        break;
    }
    return out;
}

void list(const Context& context, Call call) {
    Filter filter = read_filter(call);
    if (!filter.problem.empty())
        return call.respond.send(
            failure(call.request, 400, "invalid-parameter", filter.problem, filter.parameter));
    auto shared = std::make_shared<Call>(std::move(call));
    context.background.run([&store = context.store, filter = filter.filter] { return store.runs(filter); },
                           [context, shared](const Result<store::RunPage>& found) {
                               if (!found)
                                   return shared->respond.send(failure_of(shared->request, found.error()));
                               std::vector<Resource> out;
                               for (const auto& row : found->rows) out.push_back(row_resource(context, row));
                               Page page;
                               if (found->more && !found->rows.empty()) {
                                   page.next = found->rows.back().id.text();
                                   std::string query;
                                   for (const MapEntry& entry : shared->query.entries())
                                       if (entry.key.as_string() != "page[after]")
                                           query += std::string(entry.key.as_string()) + "=" +
                                                    percent_encode(entry.value.as_string()) + "&";
                                   page.next_link = "/v2/tenants/" + shared->tenant + "/runs?" + query +
                                                    "page[after]=" + page.next;
                               }
                               shared->respond.send(many(shared->request, out, page));
                           });
}

Resource step_resource(const RunId& run, const run::StepRecord& step) {
    return {"step", run.text() + ":" + step.path, run::step_document(step)};
}

void show(Call& call, const run::History& story, bool with_steps) {
    std::vector<Resource> steps;
    if (with_steps)
        for (const auto& step : story.steps) steps.push_back(step_resource(story.run->start.id, step));
    const Value document = run::run_document(*story.run);
    std::vector<MapEntry> attributes;
    for (const MapEntry& entry : document.entries())
        if (entry.key.as_string() != "id") attributes.push_back(entry);
    attributes.push_back({Value::string("response"), run::response_document(*story.run)});
    call.respond.send(
        one(call.request, {"run", story.run->start.id.text(), Value::map(std::move(attributes))}, steps));
}

void show_list(Call& call, const run::History& story, bool logs) {
    std::vector<Resource> out;
    const std::string id = story.run->start.id.text();
    if (logs) {
        std::size_t number = 0;
        for (const auto& line : story.logs)
            out.push_back({"log-line", id + ":" + std::to_string(number++), run::log_document(line)});
    } else {
        for (const auto& step : story.steps) out.push_back(step_resource(story.run->start.id, step));
    }
    call.respond.send(many(call.request, out));
}

void rerun(const Context& context, const std::shared_ptr<Call>& call, const run::RunState& before) {
    const auto flow = context.flows.current(call->tenant, before.start.flow);
    if (!flow)
        return call->respond.send(
            failure(call->request, 409, "no-flow",
                    "flow " + before.start.flow + " is not there any more: nothing to run"));
    bool has_trigger = false;
    for (const auto& trigger : flow->plan->triggers)
        has_trigger = has_trigger || trigger.id == before.start.trigger;
    if (!has_trigger)
        return call->respond.send(
            failure(call->request, 409, "no-trigger",
                    "flow " + before.start.flow + " has no trigger " + before.start.trigger + " any more"));
    auto config = context.vars.of(*flow);
    if (!config) return call->respond.send(failure_of(call->request, config.error()));
    runtime::Start start;
    start.id = context.runtime.new_id();
    start.flow = flow;
    start.trigger = before.start.trigger;
    start.event = before.start.event;
    start.config = *config;
    start.attempt = before.start.attempt + 1;
    context.runtime.start(
        std::move(start), [call, base = context.base_url](const Result<runtime::Accepted>& accepted) {
            if (!accepted) return call->respond.send(failure_of(call->request, accepted.error()));
            const std::string id = accepted->run.text();
            http::Response response = one(
                call->request, {"run", id, Value::object({{"status", Value::string("queued")}})}, {}, 202);
            response.headers.add("location", base + "/v2/tenants/" + call->tenant + "/runs/" + id);
            call->respond.send(std::move(response));
        });
}

void cancel(const Context& context, const std::shared_ptr<Call>& call, const RunId& id) {
    context.runtime.cancel(id, "cancelled by request", [context, call, id](const Result<void>& done) {
        if (!done) return call->respond.send(failure_of(call->request, done.error()));
        read_story(context, id, call->tenant, [call](const Result<run::History>& story) {
            if (!story) return call->respond.send(failure_of(call->request, story.error()));
            show(*call, *story, false);
        });
    });
}

}  // namespace

void read_story(const Context& context, const RunId& id, const std::string& tenant,
                std::function<void(Result<run::History>)> done) {
    using Rows = Result<std::vector<std::string>>;
    context.background.run(
        [&store = context.store, id]() -> Rows { return store.journal(id); },
        [context, id, tenant, done = std::move(done)](const Rows& rows) {
            const Error missing = Error::not_found("there is no run " + id.text());
            if (!rows) return done(rows.error().code == ErrorCode::not_found ? missing : rows.error());
            std::vector<run::Entry> entries;
            for (const std::string& row : *rows) {
                auto part = run::decode_row(id, row, context.sealer);
                if (!part) return done(part.error());
                std::move(part->begin(), part->end(), std::back_inserter(entries));
            }
            const auto* start =
                entries.empty() ? nullptr : std::get_if<run::RunStarted>(&entries.front().body);
            if (!start || start->tenant != tenant) return done(missing);
            auto flow = context.flows.version(start->tenant, start->flow, start->version);
            if (!flow) return done(flow.error());
            done(run::history((*flow)->plan, entries));
        });
}

void runs_resource(const Context& context, Call call) {
    const bool get = call.request.method == "GET" || call.request.method == "HEAD";
    if (call.path.size() == 1) {
        if (!get) return call.respond.send(wrong_method(call.request, "GET"));
        return list(context, std::move(call));
    }
    const auto id = Uuid::parse(call.path[1]);
    if (!id)
        return call.respond.send(failure(call.request, 404, "not-found", "there is no run " + call.path[1]));
    const std::string part = call.path.size() > 2 ? call.path[2] : "";
    const bool reading = part.empty() || part == "steps" || part == "logs";
    if (call.path.size() > 3 || (!reading && part != "cancel" && part != "rerun"))
        return call.respond.send(failure(call.request, 404, "not-found", "there is nothing at this address"));
    if (reading && !get) return call.respond.send(wrong_method(call.request, "GET"));
    if (!reading && call.request.method != "POST")
        return call.respond.send(wrong_method(call.request, "POST"));
    const bool with_steps = call.parameter("include") == std::string_view("steps");
    auto shared = std::make_shared<Call>(std::move(call));
    read_story(context, *id, shared->tenant,
               [context, shared, id = *id, part, with_steps](const Result<run::History>& story) {
                   if (!story) return shared->respond.send(failure_of(shared->request, story.error()));
                   if (part == "cancel") return cancel(context, shared, id);
                   if (part == "rerun") return rerun(context, shared, *story->run);
                   if (part.empty()) return show(*shared, *story, with_steps);
                   show_list(*shared, *story, part == "logs");
               });
}

}  // namespace tappet::api
