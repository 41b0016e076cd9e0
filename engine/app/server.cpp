#include "app/server.hpp"

#include <csignal>
#include <filesystem>

#include "app/files.hpp"
#include "app/plugin_file.hpp"
#include "app/plugin_settings.hpp"
#include "app/secrets.hpp"
#include "app/version.hpp"
#include "base/log.hpp"
#include "http/url.hpp"

namespace tappet::app {
namespace {

constexpr std::chrono::seconds kDrainRuns{25};     ///< for calls under way
constexpr std::chrono::seconds kDrainMessages{2};  ///< then for what is told about runs
constexpr std::chrono::seconds kDrainAll{29};      ///< then the process ends in any case (P11)
constexpr std::chrono::milliseconds kWatch{300};

void log_report(const FolderReport& report) {
    for (const auto& broken : report.broken) {
        log::error("{} is not served{}", broken.file,
                   broken.serving_last ? "; its last good version is" : "");
        for (const std::string& line : broken.lines) log::error("{}", line);
    }
    for (const std::string& problem : report.problems) log::error("{}", problem);
    for (const std::string& line : report.warning_lines) log::warn("{}", line);
    for (const std::string& name : report.withdrawn) log::info("flow {} is withdrawn", name);
    log::info("{} served, {} changed, {} broken",
              report.flows == 1 ? "1 flow is" : std::to_string(report.flows) + " flows are",
              report.changed.size(), report.broken.size());
}

/// "http://CRM.example:8443/x" → "crm.example", as Host and Origin name it.
std::vector<std::string> host_of(const std::string& url) {
    const auto read = http::parse_url(url);
    if (!read) return {};
    return {read->is_ipv6() ? "[" + read->host + "]" : read->host};
}

}  // namespace

Server::Server(const Settings& settings, Core& core, ServerOptions options)
    : settings_(settings),
      core_(core),
      options_(std::move(options)),
      folder_(settings.flows, core.host()),
      door_(*this),
      way_out_(core.client()),
      signals_(core.loop, SIGTERM, SIGINT, SIGHUP),
      watch_(core.loop),
      limit_(core.loop),
      retention_(core.loop, core.store(), core.clock, offload(),
                 {settings.keep_runs, settings.keep_messages}) {
    if (!options_.loaded) options_.loaded = log_report;
}

Server::~Server() = default;

std::uint64_t Server::Door::body_limit(const http::Request& head) {
    return server_.frontend_->body_limit(head);
}
void Server::Door::handle(http::Request request, http::Responder respond) {
    server_.frontend_->handle(std::move(request), std::move(respond));
}
http::Response Server::Door::refuse(int status, const std::string& detail) {
    return server_.frontend_->refuse(status, detail);
}
http::Response Server::Door::refuse_body(const http::Request& head, const std::string& detail) {
    return server_.frontend_->refuse_body(head, detail);
}

Result<void> Server::start() {
    // The port is bound before anything else: its number is part of addresses, and who connects meanwhile
    // waits.
    http::ServerOptions http;
    http.listen = settings_.listen;
    http.max_connections = settings_.max_connections;
    http.max_header_bytes = settings_.max_headers;
    http.max_bodies_bytes = settings_.max_bodies;
    server_ = std::make_unique<http::Server>(core_.loop, door_, http);
    if (auto bound = server_->start(); !bound) return bound;
    address_ = "http://" + server_->address();
    public_url_ = settings_.public_url.empty() ? address_ : settings_.public_url;
    while (public_url_.ends_with('/')) public_url_.pop_back();

    core_.start(settings_, public_url_, [this](const store::OutgoingAddress& to, const Uuid& message) {
        outgoing_->written(to, message);
    });
    trigger::HookOptions hooks;
    hooks.max_body = settings_.max_body;
    hooks.max_events = settings_.max_events;
    hooks.max_starts = settings_.max_starts;
    hooks.rate = settings_.rate;
    hooks.base_url = public_url_;
    hooks.call = settings_.hook_call;
    make_rejected_book();
    hooks.rejected = rejected_.get();
    trigger::HookPlugins plugins{core_.host(), owners_, [this](std::string_view plugin) {
                                     return plugin_settings(settings_.plugin_settings, plugin);
                                 }};
    hooks_ = std::make_unique<trigger::Hooks>(core_.loop, core_.runtime(), core_.flows(), core_.vars(),
                                              core_.clock, find_secret, std::move(plugins), hooks);
    pauses_ = std::make_unique<trigger::Pauses>(core_.store(), offload());
    if (auto loaded = pauses_->load(); !loaded) return loaded;
    polls_ = std::make_unique<trigger::Polls>(
        core_.loop, core_.runtime(), core_.flows(), core_.vars(), core_.store(), *pauses_, core_.host(),
        core_.clock, core_.random, core_.sealer(), find_secret,
        trigger::PollOptions{settings_.poll_call, rejected_.get(), offload()});
    schedules_ =
        std::make_unique<trigger::Schedules>(core_.loop, core_.runtime(), core_.flows(), core_.vars(),
                                             core_.store(), *pauses_, core_.clock, rejected_.get());
    outgoing_ = make_deliverer();
    api::Context context{core_.runtime(), core_.flows(),    core_.vars(),     core_.background(),
                         core_.store(),   *hooks_,          core_.clock,      core_.sealer(),
                         public_url_,     &core_.host(),    &core_.crashes(), &core_.host().metrics(),
                         polls_.get(),    schedules_.get(), rejected_.get(),  outgoing_.get()};
    api::FrontendOptions frontend;
    frontend.hosts = host_of(public_url_);
    frontend.version = version();
    frontend_ = std::make_unique<api::Frontend>(context, frontend);
    frontend_->set_server(server_.get());

    reload();
    auto recovered = core_.recover();
    if (!recovered) return recovered.error();
    if (*recovered > 0) log::info("{} open runs are taken up", *recovered);
    outgoing_->start();
    hooks_->set_ready(true);
    polls_->reload();
    schedules_->reload();
    started_ = true;
    frontend_->set_not_ready(std::nullopt);
    if (!options_.address_file.empty())
        if (auto written = write_file(options_.address_file, address_ + "\n"); !written) return written;
    return {};
}

void Server::make_rejected_book() {
    const auto write = [this](store::RejectedBatch batch, trigger::RejectedBook::Done done) {
        core_.background().run(
            [&store = core_.store(), batch = std::move(batch)] { return store.add_rejected(batch); },
            std::move(done));
    };
    rejected_ = std::make_unique<trigger::RejectedBook>(
        core_.loop, core_.clock, write,
        trigger::RejectedLimits{settings_.max_rejected, settings_.max_rejected_body});
}

std::unique_ptr<outgoing::Deliverer> Server::make_deliverer() {
    outgoing::Options options;
    options.disable_after = settings_.disable_after;
    return std::make_unique<outgoing::Deliverer>(core_.loop, way_out_, core_.flows(), core_.vars(),
                                                 core_.store(), core_.clock, core_.random, find_secret,
                                                 offload(), options);
}

trigger::Offload Server::offload() {
    return [this](std::function<void()> work, std::function<void()> then) {
        core_.background().run(
            [work = std::move(work)] {
                work();
                return true;
            },
            [then = std::move(then)](bool) { then(); });
    };
}

void Server::reload() {
    fingerprint_ = options_.watch ? folder_.fingerprint() : std::string();
    FolderReport report = folder_.load(core_.flows(), core_.clock.now());
    report.leave_out_told(hooks_->reload());  // which logs its problems
    (void)outgoing_->reload();                // logs its problems
    if (started_) polls_->reload();
    if (started_) schedules_->reload();  // logs its problems
    options_.loaded(report);
}

void Server::reload_all() {
    plugins_seen_ = plugin_fingerprint();
    core_.host().reload([this] {
        if (draining_) return;
        core_.flows().catalog_changed();
        reload();
    });
}

std::string Server::plugin_fingerprint() const {
    if (!options_.watch) return {};
    std::string out;
    std::error_code failed;
    for (const std::string& file : plugin_files(settings_.plugins))
        out += file + " " +
               std::to_string(std::filesystem::last_write_time(file, failed).time_since_epoch().count()) +
               " " + std::to_string(std::filesystem::file_size(file, failed)) + "\n";
    return out;
}

void Server::run() {
    await_signal();
    if (options_.watch) {
        plugins_seen_ = plugin_fingerprint();
        await_change();
    }
    retention_.start();
    core_.loop.run();
}

void Server::await_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            log::info("plugins and flows are read again");
            if (!draining_) reload_all();
        } else if (draining_) {
            log::warn("stopped at once by a second signal");
            return stop();
        } else {
            drain();
        }
        await_signal();
    });
}

void Server::await_change() {
    watch_.expires_after(kWatch);
    watch_.async_wait([this](const boost::system::error_code& error) {
        if (error || draining_) return;
        if (plugin_fingerprint() != plugins_seen_)
            reload_all();
        else if (folder_.fingerprint() != fingerprint_)
            reload();
        await_change();
    });
}

void Server::drain() {
    draining_ = true;
    frontend_->set_not_ready("draining");
    polls_->stop();
    schedules_->stop();
    outgoing_->stop();
    retention_.stop();
    log::info("draining: no new events, {} runs are open", core_.runtime().stats().open);
    limit_.expires_after(kDrainAll);
    limit_.async_wait([this](const boost::system::error_code& error) {
        if (!error) stop();
    });
    core_.runtime().drain(kDrainRuns, [this] {
        hooks_->send_waiting_away();
        outgoing_->drain(kDrainMessages, [this] { server_->drain([this] { stop(); }); });
    });
}

void Server::stop() {
    limit_.cancel();
    watch_.cancel();
    retention_.stop();
    signals_.cancel();
    server_->stop();
    if (const auto left = rejected_->close(); !left.requests.empty() || !left.unkept.empty())
        (void)core_.store().add_rejected(left);
    core_.loop.stop();
}

}  // namespace tappet::app
