#include "api/context.hpp"
#include "api/document.hpp"
#include "api/page.hpp"
#include "api/run_resource.hpp"
#include "api/run_story.hpp"
#include "base/encoding.hpp"
#include "base/time_text.hpp"
#include "run/history.hpp"

namespace tappet::api {
namespace {

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
        const auto size = read_page_size(text);
        filter.limit = size.value_or(filter.limit);
        return size.has_value();
    }
    return false;
}

struct Parameter {
    std::string_view name, takes;
};
constexpr Parameter kParameters[] = {
    {"filter[flow]", "the name of a flow"},
    {"filter[status]",
     "statuses joined by commas: queued, running, waiting, succeeded, failed, cancelled, quarantined"},
    {"filter[label]", "name:value"},
    {"filter[createdFrom]", "a time of RFC 3339"},
    {"filter[createdBefore]", "a time of RFC 3339"},
    {"page[size]", "1 to 500"},
    {"page[after]", "what meta.next said"}};

/// What to say to a parameter that is not taken.
std::string parameter_problem(std::string_view name) {
    std::string names;
    for (const Parameter& parameter : kParameters) {
        if (parameter.name == name)
            return std::string(name) + " takes " + std::string(parameter.takes) + ", and stands once";
        names += (names.empty() ? "" : ", ") + std::string(parameter.name);
    }
    return "there is no parameter of this name; parameters are " + names;
}

Filter read_filter(const Call& call) {
    Filter out;
    out.filter.tenant = call.tenant;
    for (const MapEntry& entry : call.query.entries()) {
        const std::string_view name = entry.key.as_string();
        if (entry.value.is(Kind::string) && read_filter_field(out, name, entry.value.as_string())) continue;
        out.parameter = name;
        out.problem = parameter_problem(name);
        break;
    }
    return out;
}

/// Answers with what `work` gives. It runs away from the loop and only reads of the call.
void answer_later(const Context& context, const std::shared_ptr<Call>& call,
                  std::function<http::Response()> work) {
    context.background.run(std::move(work),
                           [call](http::Response response) { call->respond.send(std::move(response)); });
}

void list(const Context& context, Call call) {
    Filter filter = read_filter(call);
    if (!filter.problem.empty())
        return call.respond.send(
            failure(call.request, 400, "invalid-parameter", filter.problem, filter.parameter));
    auto shared = std::make_shared<Call>(std::move(call));
    answer_later(context, shared,
                 [&store = context.store, sealer = context.sealer, shared, filter = filter.filter] {
                     const auto found = store.runs(filter);
                     if (!found) return failure_of(shared->request, found.error());
                     std::vector<Resource> out;
                     for (const auto& row : found->rows) out.push_back(row_resource(row, sealer));
                     Page page;
                     if (found->more && !found->rows.empty())
                         page = page_behind(*shared, found->rows.back().id.text());
                     return many(shared->request, out, page);
                 });
}

std::vector<Resource> step_resources(const run::History& story, std::size_t begin, std::size_t end) {
    std::vector<Resource> out;
    for (std::size_t i = begin; i < end; ++i)
        out.push_back(step_resource(story.run->start.id, story.steps[i]));
    return out;
}

http::Response shown(const Call& call, const run::History& story, bool with_steps) {
    if (!with_steps) return one(call.request, story_resource(story, nullptr));
    const auto steps = step_resources(story, 0, story.steps.size());
    return one(call.request, story_resource(story, &steps), 200, &steps);
}

http::Response listed(const Call& call, const run::History& story, const PageRequest& page, bool logs) {
    const auto part = slice(call, page, logs ? story.logs.size() : story.steps.size());
    if (!part) return part.error();
    if (!logs) return many(call.request, step_resources(story, part->begin, part->end), part->page);
    std::vector<Resource> out;
    for (std::size_t i = part->begin; i < part->end; ++i)
        out.push_back(log_resource(story.run->start.id, story.logs[i], i));
    return many(call.request, out, part->page);
}

/// GET …/runs/{id}, …/steps or …/logs.
void show(const Context& context, Call call, const RunId& id, const std::string& part) {
    PageRequest page;
    bool with_steps = false;
    if (part.empty()) {
        if (auto refused = refuse_parameters(call, {"include"}))
            return call.respond.send(std::move(*refused));
        const auto include = call.parameter("include");
        with_steps = include == std::string_view("steps");
        if (include && !include->empty() && !with_steps)
            return call.respond.send(
                failure(call.request, 400, "invalid-parameter", "include takes steps", "include"));
    } else {
        auto read = read_page(call);
        if (!read) return call.respond.send(read.error());
        page = *read;
    }
    auto shared = std::make_shared<Call>(std::move(call));
    read_story(context, id, shared->tenant,
               [context, shared, part, page, with_steps](const Result<StoryPtr>& story) {
                   if (!story) return shared->respond.send(failure_of(shared->request, story.error()));
                   answer_later(context, shared, [shared, part, page, with_steps, story = *story] {
                       return part.empty() ? shown(*shared, *story, with_steps)
                                           : listed(*shared, *story, page, part == "logs");
                   });
               });
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
    context.runtime.start(std::move(start), [context, call, flow](const Result<runtime::Accepted>& accepted) {
        if (!accepted) return call->respond.send(failure_of(call->request, accepted.error()));
        call->respond.send(started(context, *call, flow->plan->flow, *accepted));
    });
}

void cancel(const Context& context, const std::shared_ptr<Call>& call, const RunId& id) {
    context.runtime.cancel(id, "cancelled by request", [context, call, id](const Result<void>& done) {
        if (!done) return call->respond.send(failure_of(call->request, done.error()));
        read_story(context, id, call->tenant, [call](const Result<StoryPtr>& story) {
            if (!story) return call->respond.send(failure_of(call->request, story.error()));
            call->respond.send(shown(*call, **story, false));
        });
    });
}

}  // namespace

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
    if (reading) return show(context, std::move(call), *id, part);
    if (auto refused = refuse_parameters(call, {})) return call.respond.send(std::move(*refused));
    auto shared = std::make_shared<Call>(std::move(call));
    read_story(context, *id, shared->tenant,
               [context, shared, id = *id, part](const Result<StoryPtr>& story) {
                   if (!story) return shared->respond.send(failure_of(shared->request, story.error()));
                   if (part == "cancel") return cancel(context, shared, id);
                   rerun(context, shared, *(*story)->run);
               });
}

}  // namespace tappet::api
