#include "app/server.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <map>
#include <set>

#include "app/commands/command.hpp"
#include "app/story.hpp"
#include "app/table.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "base/printable.hpp"
#include "run/journal.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::milliseconds kLook{250};  ///< how often `dev` looks for runs that ended

struct ServeOptions {
    std::string address_file;
    bool dev = false;
};

/// Tells `dev`'s user what became of each run. Dies after the loop has ended and before the core: a reading
/// may still be under way then.
class Watcher {
public:
    Watcher(Console& console, Core& core, std::string tenant)
        : console_(console), core_(core), tenant_(std::move(tenant)), timer_(core.loop) {}

    void look() {
        timer_.expires_after(kLook);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            store::RunFilter filter;
            filter.tenant = tenant_;
            core_.background().run([&store = core_.store(), filter] { return store.runs(filter); },
                                   [this](const Result<store::RunPage>& page) {
                                       if (page) show(*page);
                                       look();
                                   });
        });
    }

private:
    void show(const store::RunPage& page) {
        for (auto row = page.rows.rbegin(); row != page.rows.rend(); ++row) {
            if (!run::is_final(row->status) || !shown_.insert(row->id).second || first_) continue;
            std::string line = console_.paint("2", clock_text(row->finished)) + "  " +
                               status_text(console_, run::to_string(row->status)) + "  " + row->flow + "  " +
                               span_text((row->finished - row->created).count()) + "  " +
                               console_.paint("2", row->id.text());
            const auto detail = run::decode_detail(row->id, row->detail, core_.sealer());
            if (detail && detail->error)
                line += "\n    " +
                        console_.paint("31", detail->error->step + ": " +
                                                 std::string(flow::to_string(detail->error->error_class)) +
                                                 ": " + printable(detail->error->message));
            console_.line(line);
        }
        first_ = false;
    }

    Console& console_;
    Core& core_;
    std::string tenant_;
    boost::asio::steady_timer timer_;
    std::set<RunId> shown_;
    bool first_ = true;  ///< what ended before is no news
};

/// What of the plugins is new since `seen`, which is brought up to date.
class PluginNews {
public:
    explicit PluginNews(const plugin::Host& host) : host_(host), seen_(now()) {}

    void tell(const Console& console) {
        auto here = now();
        for (const auto& [name, hash] : here)
            if (!seen_.contains(name) || seen_[name] != hash)
                console.note("plugin " + printable(name) + " is " +
                             (seen_.contains(name) ? "loaded anew" : "loaded"));
        for (const auto& [name, hash] : seen_)
            if (!here.contains(name)) console.note("plugin " + printable(name) + " is gone");
        seen_ = std::move(here);
    }

private:
    std::map<std::string, std::string> now() const {
        std::map<std::string, std::string> out;
        for (const plugin::PluginInfo& info : host_.plugins())
            if (info.problem.empty()) out[info.name] = info.hash;
        return out;
    }

    const plugin::Host& host_;
    std::map<std::string, std::string> seen_;
};

/// What became of the flows, beside what is wrong with them.
void tell_news(const Console& console, const FolderReport& report) {
    for (const std::string& file : report.mended) console.note(printable(file) + " is served again");
    for (const std::string& flow : report.changed)
        console.note("flow " + printable(flow) + " is served anew");
    for (const std::string& flow : report.withdrawn)
        console.note("flow " + printable(flow) + " is served no more");
}

void greet(const Console& console, Server& server, const FolderReport& report) {
    for (const auto& broken : report.broken) console.note(broken.text);
    if (!report.warnings.empty()) console.note(report.warnings);
    for (const std::string& problem : report.problems) console.note(printable_lines(problem));
    std::vector<std::vector<std::string>> rows;
    for (const auto& hook : server.hooks().addresses())
        rows.push_back({hook.flow, hook.trigger, hook.methods, server.address() + hook.path, hook.verify});
    if (!rows.empty())
        console.out(
            "\n" +
            table(console,
                  {{"FLOW", Fit::name}, {"TRIGGER", Fit::name}, "METHOD", {"ADDRESS", Fit::below}, "VERIFY"},
                  rows) +
            "\n");
}

Exit serve(Invocation& call, const ServeOptions& options) {
    Exit exit = Exit::ok;
    Settings defaults;
    if (options.dev) {
        defaults.data = ".tappet-dev";
        defaults.log_level = log::Level::warn;
    }
    const auto settings = settings_of(call, exit, defaults);
    if (!settings) return exit;
    log::configure(settings->log_level, settings->log_format);
    if (!is_loopback(settings->listen))
        return call.console.fail(Exit::not_permitted, "refusing to listen on " + settings->listen +
                                                          ": without API keys the engine serves this machine "
                                                          "only; use 127.0.0.1, or a proxy in front of it");
    std::error_code error;
    if (!std::filesystem::is_directory(settings->flows, error))
        return call.console.fail(
            Exit::not_found, "there is no folder of flows " + settings->flows + "; name one with --flows");
    CoreOptions where{settings->data, settings->data + "/tappet.db", true};
    if (options.dev)
        where.printed = [&call](const std::string& plugin, const std::string& line) {
            call.console.note("plugin " + plugin + " printed: " + line);
        };
    auto core = Core::open(*settings, where);
    if (!core) return call.console.fail(core.error());
    ServerOptions server_options;
    server_options.address_file = options.address_file;
    server_options.watch = options.dev;
    std::unique_ptr<Server> server;
    bool ready = false;
    PluginNews news((*core)->host());
    if (options.dev)
        server_options.loaded = [&](const FolderReport& report) {
            if (ready) {
                news.tell(call.console);
                greet(call.console, *server, report);
                tell_news(call.console, report);
            } else
                for (const auto& broken : report.broken) call.console.note(broken.text);
        };
    server = std::make_unique<Server>(*settings, **core, std::move(server_options));
    if (auto started = server->start(); !started) return call.console.fail(started.error());
    log::info("tappet {} serves {} (loopback only: there are no API keys)", version(), server->address());
    Watcher watcher(call.console, **core, std::string(kDefaultTenant));
    if (options.dev) {
        ready = true;
        call.console.line("tappet " + version() + " serves " + call.console.paint("1", server->address()) +
                          ", flows of " + settings->flows + ", data in " + settings->data);
        greet(call.console, *server, {});
        watcher.look();
    }
    server->run();
    (*core)->close();
    log::info("stopped");
    log::flush();
    return Exit::ok;
}

void take_serve(CLI::App& command, Invocation& call, const std::shared_ptr<ServeOptions>& options) {
    take_engine(command, call);
    command.add_option("--flows", call.flags.flows, "the folder of flows (TAPPET_FLOWS)");
    command.add_option("--data", call.flags.data, "the folder of the database and the key (TAPPET_DATA)");
    command.add_option("--listen", call.flags.listen, "host:port; port 0 picks a free one (TAPPET_LISTEN)");
    command.add_option("--log-level", call.flags.log_level,
                       "trace, debug, info, warn, error or off (TAPPET_LOG_LEVEL)");
    command.add_option("--address-file", options->address_file, "gets the engine's address once it is ready");
    command.callback([&call, options] { call.run = [&call, options] { return serve(call, *options); }; });
}

}  // namespace

void add_serve(CLI::App& app, Invocation& call) {
    take_serve(*app.add_subcommand("serve", "runs the engine"), call, std::make_shared<ServeOptions>());
    auto dev = std::make_shared<ServeOptions>();
    dev->dev = true;
    take_serve(
        *app.add_subcommand(
            "dev", "runs the engine for writing flows: reloads them as they change and tells of each run"),
        call, dev);
}

}  // namespace tappet::app
