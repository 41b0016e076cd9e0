#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <filesystem>
#include <set>

#include "app/arguments.hpp"
#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/files.hpp"
#include "app/flow_folder.hpp"
#include "app/story.hpp"
#include "base/closest.hpp"
#include "base/printable.hpp"
#include "expr/json.hpp"
#include "run/advice.hpp"
#include "run/history.hpp"
#include "run/journal.hpp"
#include "trigger/admission.hpp"
#include "trigger/event.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::milliseconds kLook{50};

struct RunOptions {
    std::string file, payload, trigger, database;
    std::vector<std::string> headers, query, vars;
};

/// The folder for a run of which nothing is kept; gone with the object.
class Scratch {
public:
    Scratch() {
        std::string path = (std::filesystem::temp_directory_path() / "tappet-run-XXXXXX").string();
        if (::mkdtemp(path.data())) path_ = path;
    }
    ~Scratch() {
        std::error_code error;
        if (!path_.empty()) std::filesystem::remove_all(path_, error);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

/// A value from the command line: JSON where it is, else the text itself.
Value value_of(const std::string& text) {
    JsonParsed parsed = parse_json(text);
    return parsed.ok ? std::move(parsed.value) : Value::string(text);
}

const flow::TriggerPlan* find_trigger(const flow::Plan& plan, const std::string& id, std::string& problem) {
    if (id.empty() && plan.triggers.size() == 1) return &plan.triggers.front();
    std::string names;
    for (const auto& trigger : plan.triggers) {
        if (trigger.id == id) return &trigger;
        names += (names.empty() ? "" : ", ") + trigger.id;
    }
    problem = (id.empty() ? "the flow has several triggers" : "the flow has no trigger " + id) +
              ": choose one with --trigger (" + names + ")";
    return nullptr;
}

class LocalRun {
public:
    LocalRun(Invocation& call, const RunOptions& options)
        : call_(call), console_(call.console), options_(options) {}

    Exit go() {
        Exit exit = Exit::ok;
        auto settings = settings_of(call_, exit);
        if (!settings) return exit;
        log::configure(log::Level::error, log::Format::text);
        auto source = read_file(options_.file);
        if (!source) return console_.fail(Exit::not_found, source.error().message);
        Scratch scratch;
        CoreOptions where{scratch.path(), scratch.path() + "/run.db", true};
        where.printed = [this](const std::string& plugin, const std::string& line) {
            console_.note("plugin " + plugin + " printed: " + line);
        };
        const bool kept = !options_.database.empty();
        if (kept) {
            where.database = options_.database;
            where.folder = std::filesystem::absolute(options_.database).parent_path().string();
        }
        if (!kept || settings->key_file == default_key_file(*settings))
            settings->key_file = where.folder + "/vault.key";
        auto core = Core::open(*settings, where);
        if (!core) return console_.fail(core.error());
        core_ = core->get();
        exit = with_flow(*source, *settings);
        core_->close();
        return exit;
    }

private:
    Exit with_flow(const std::string& source, const Settings& settings) {
        auto compiled = flow::compile(options_.file, source, core_->host(), compile_options());
        if (!compiled.findings.empty())
            console_.note(flow::render_human(compiled.findings, source, {console_.color}));
        if (!compiled.plan) {
            if (console_.json) console_.document(flow::render_json(compiled.findings));
            return Exit::invalid_flow;
        }
        std::string problem;
        trigger_ = find_trigger(*compiled.plan, options_.trigger, problem);
        if (!trigger_) return console_.fail(Exit::usage, problem);
        core_->start(settings, "");
        auto flow = core_->flows().publish(std::string(kDefaultTenant), compiled.plan, options_.file,
                                           core_->clock.now());
        if (!flow) return console_.fail(flow.error());
        flow_ = *flow;
        if (const Exit exit = take_vars(); exit != Exit::ok) return exit;
        auto config = core_->vars().of(*flow_);
        if (!config) return console_.fail(Exit::usage, config.error().message);
        runtime::Start start;
        start.id = core_->runtime().new_id();
        if (const Exit exit = make_event(start); exit != Exit::ok) return exit;
        start.flow = flow_;
        start.trigger = trigger_->id;
        start.config = *config;
        start.synchronous = trigger_->mode == flow::RespondMode::sync;
        auto admission = trigger::admit(*flow_, *trigger_, start.event, *config, "", core_->clock.now());
        if (admission.verdict == trigger::Admission::Verdict::filtered) return filtered();
        if (admission.verdict == trigger::Admission::Verdict::refused)
            return refused(*admission.problem, start.id);
        start.claim = admission.claim;
        return perform(std::move(start));
    }

    Exit take_vars() {
        const flow::Plan& plan = *flow_->plan;
        std::map<std::string, Value> vars;
        for (const std::string& pair : options_.vars) {
            const auto var = parse_assignment(pair);
            if (!var) return console_.fail(Exit::usage, "--var takes NAME=VALUE, not " + pair);
            const auto declared = std::find_if(plan.config.begin(), plan.config.end(),
                                               [&](const auto& v) { return v.name == var->first; });
            if (declared == plan.config.end()) return console_.fail(Exit::usage, undeclared(var->first));
            Value value = value_of(var->second);
            if (const auto wrong = runtime::ConfigVars::problem(plan, *declared, value))
                return console_.fail(Exit::usage, "--var " + pair + ": " + *wrong);
            vars[var->first] = std::move(value);
        }
        core_->vars().override_with(std::move(vars));
        return Exit::ok;
    }

    std::string undeclared(const std::string& name) const {
        std::vector<std::string_view> names;
        for (const flow::ConfigVar& variable : flow_->plan->config) names.emplace_back(variable.name);
        std::string out = "--var " + name + ": flow " + flow_->plan->flow + " declares no such variable";
        if (const auto near = closest(name, names); !near.empty())
            out += "; did you mean " + std::string(near) + "?";
        return out;
    }

    Exit make_event(runtime::Start& start) {
        Value body;
        if (!options_.payload.empty()) {
            auto text = read_file(options_.payload);
            if (!text)
                return console_.fail(text.error().code == ErrorCode::invalid ? Exit::failed : Exit::not_found,
                                     text.error().message);
            JsonParsed parsed = parse_json(*text);
            if (!parsed.ok)
                return console_.fail(Exit::failed, options_.payload + ":" +
                                                       std::to_string(parsed.error.line) + ":" +
                                                       std::to_string(parsed.error.column) +
                                                       ": the payload is not JSON: " + parsed.error.message);
            body = std::move(parsed.value);
        }
        http::Request request;
        request.method = trigger_->methods.empty() ? "POST" : trigger_->methods.front();
        request.target = "/hooks/default/" +
                         (trigger_->path.empty() ? flow_->plan->flow + "/" + trigger_->id : trigger_->path);
        for (const std::string& text : options_.headers) {
            const auto header = parse_header(text);
            if (!header)
                return console_.fail(Exit::usage, "--header takes NAME=VALUE, a header field, not " + text);
            std::string lower;
            for (const char c : header->first) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
            request.headers.add(lower, header->second);
        }
        std::vector<MapEntry> query;
        for (const std::string& pair : options_.query) {
            const auto parameter = parse_assignment(pair);
            if (!parameter) return console_.fail(Exit::usage, "--query takes NAME=VALUE, not " + pair);
            query.push_back({Value::string(parameter->first), Value::string(parameter->second)});
        }
        const bool hook = trigger_->spec->kind == flow::TriggerKind::webhook;
        start.event = hook ? trigger::make_event(start.id.text(), std::move(body), request,
                                                 Value::map(std::move(query)), core_->clock.now())
                           : trigger::make_event(start.id.text(), std::move(body), core_->clock.now());
        return Exit::ok;
    }

    Exit filtered() const {
        if (console_.json)
            console_.value(Value::object({{"run", Value::null()}, {"status", Value::string("filtered")}}));
        else
            console_.line("filtered: the trigger's filter is false, no run");
        return Exit::ok;
    }

    Exit refused(const trigger::Problem& problem, const RunId& id) const {
        const http::Response response = trigger::to_response(problem, id.text());
        if (console_.json) {
            console_.value(*read_json(response.body));
        } else {
            std::string text = printable(problem.detail);
            for (const auto& place : problem.errors)
                text += "\n  " + printable(place.pointer) + " " + printable(place.detail);
            console_.note("tappet: refused (" + std::to_string(problem.status) + "): " + text);
        }
        return Exit::failed;
    }

    Exit perform(runtime::Start start) {
        std::optional<Error> failure;
        std::optional<RunId> run;
        bool ended = false;
        boost::asio::signal_set signals(core_->loop, SIGINT, SIGTERM);
        signals.async_wait([&](const boost::system::error_code& error, int) {
            if (!error && run) core_->runtime().cancel(*run, "interrupted", [](const Result<void>&) {});
        });
        const auto started = [&](const Result<runtime::Accepted>& accepted) {
            if (accepted)
                run = accepted->run;
            else
                failure = accepted.error();
        };
        // From within the loop, where what actions log joins their run at once.
        boost::asio::post(core_->loop, [this, started, start = std::move(start)]() mutable {
            core_->runtime().start(std::move(start), started);
        });
        boost::asio::steady_timer look(core_->loop);
        while (!ended && !failure) {
            core_->loop.restart();
            look.expires_after(kLook);
            look.async_wait([](const boost::system::error_code&) {});
            while (core_->loop.run_one() > 0) {
                if (failure || (run && !core_->runtime().is_open(*run))) break;
                if (look.expiry() <= std::chrono::steady_clock::now()) break;
            }
            ended = run && !core_->runtime().is_open(*run);
            if (run && !console_.json && !ended) show_new_steps(*run);
        }
        if (failure) return console_.fail(*failure);
        return finish(*run);
    }

    Result<run::History> story(const RunId& run) const {
        auto rows = core_->store().journal(run);
        if (!rows) return rows.error();
        std::vector<run::Entry> entries;
        for (const std::string& row : *rows) {
            auto part = run::decode_row(run, row, core_->sealer());
            if (!part) return part.error();
            std::move(part->begin(), part->end(), std::back_inserter(entries));
        }
        return run::history(flow_->plan, entries);
    }

    void show_new_steps(const RunId& run) {
        const auto told = story(run);
        if (!told) return;
        for (const run::StepRecord& step : told->steps) show_step(step);
        for (; shown_logs_ < told->logs.size(); ++shown_logs_)
            console_.note(console_.paint("2", "  log " + told->logs[shown_logs_].step + ": " +
                                                  printable(told->logs[shown_logs_].message)));
    }

    void show_step(const run::StepRecord& step) {
        if (run::is_final(step.status) && shown_.insert(step.path).second)
            console_.line(step_line(console_, run::step_document(step)));
    }

    Exit finish(const RunId& run) {
        auto told = story(run);
        if (!told) return console_.fail(told.error());
        if (told->run->error && options_.database.empty()) {
            std::string& message = told->run->error->message;
            const std::string advice = run::rerun_advice(run);
            if (message.ends_with(advice)) message.resize(message.size() - advice.size());
        }
        const Value document = run::run_document(*told->run);
        const Value response = run::response_document(*told->run);
        const bool good = told->run->status == run::RunStatus::succeeded;
        if (console_.json) {
            std::vector<Value> steps;
            for (const auto& step : told->steps) steps.push_back(run::step_document(step));
            console_.value(Value::object(
                {{"run", document}, {"steps", Value::list(std::move(steps))}, {"response", response}}));
            return good ? Exit::ok : Exit::failed;
        }
        show_new_steps(run);
        console_.line("\n" + status_text(console_, run::to_string(told->run->status)) + "  " +
                      flow_->plan->flow + "  " +
                      span_text((told->run->finished - told->run->created).count()) + "  " +
                      console_.paint("2", run.text()));
        if (told->run->error)
            console_.line(console_.paint(
                "31", (told->run->error->step.empty() ? std::string("run") : told->run->error->step) + ": " +
                          std::string(flow::to_string(told->run->error->error_class)) + ": " +
                          printable(told->run->error->message)));
        const auto show = [&](std::string_view name, const Value& value) {
            if (value.is_null()) return;
            console_.line(std::string(name) + " " + json_text(value, 2));
        };
        show("outputs", told->run->outputs);
        show("response", response);
        return good ? Exit::ok : Exit::failed;
    }

    Invocation& call_;
    Console& console_;
    const RunOptions& options_;
    Core* core_ = nullptr;
    const flow::TriggerPlan* trigger_ = nullptr;
    runtime::FlowHandle flow_;
    std::set<std::string> shown_;
    std::size_t shown_logs_ = 0;
};

}  // namespace

void add_run(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<RunOptions>();
    CLI::App* command = app.add_subcommand("run", "runs a flow once, here, without a server");
    command->add_option("FLOW", options->file, "the flow's file")->required();
    command->add_option("--payload", options->payload,
                        "a file with the event's body as JSON; - reads standard input");
    command->add_option("--trigger", options->trigger, "which trigger the event is for");
    command->add_option("--header", options->headers, "NAME=VALUE of the event; may be repeated")
        ->allow_extra_args(false)
        ->check(text_problem);
    command->add_option("--query", options->query, "NAME=VALUE of the event; may be repeated")
        ->allow_extra_args(false)
        ->check(text_problem);
    command->add_option("--var", options->vars, "NAME=VALUE of a config variable; may be repeated")
        ->allow_extra_args(false)
        ->check(text_problem);
    command->add_option("--db", options->database,
                        "keeps the run in this database file; without it nothing is kept");
    take_engine(*command, call);
    take_output(*command, call);
    command->callback(
        [&call, options] { call.run = [&call, options] { return LocalRun(call, *options).go(); }; });
}

}  // namespace tappet::app
