#pragma once
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "api/frontend.hpp"
#include "app/core.hpp"
#include "app/flow_folder.hpp"
#include "app/retention.hpp"
#include "outgoing/deliverer.hpp"
#include "plugin/http_door.hpp"
#include "trigger/hooks.hpp"
#include "trigger/polls.hpp"

namespace tappet::app {

struct ServerOptions {
    std::string address_file;  ///< gets the address once the engine is ready; empty: none
    bool watch = false;        ///< reload when a flow file changes
    std::function<void(const FolderReport&)> loaded;  ///< after each reading of the flows; null: to the log
};

/// The engine with its doors: what `serve` and `dev` run. On the thread that runs it.
class Server {
public:
    Server(const Settings& settings, Core& core, ServerOptions options);
    ~Server();

    /// Listens, loads the flows, takes up open runs, is then ready.
    Result<void> start();
    /// Serves until a signal ends it; SIGTERM and SIGINT drain, a second one stops at once. SIGHUP reloads
    /// plugins and flows.
    void run();

    const std::string& address() const { return address_; }  ///< http://host:port
    trigger::Hooks& hooks() { return *hooks_; }
    FlowFolder& folder() { return folder_; }

private:
    /// Passes requests on to the frontend, which is made after the port is bound; the loop runs later still.
    class Door final : public http::Handler {
    public:
        explicit Door(Server& server) : server_(server) {}
        std::uint64_t body_limit(const http::Request& head) override;
        void handle(http::Request request, http::Responder respond) override;
        http::Response refuse(int status, const std::string& detail) override;
        http::Response refuse_body(const http::Request& head, const std::string& detail) override;

    private:
        Server& server_;
    };

    std::unique_ptr<outgoing::Deliverer> make_deliverer();
    trigger::Offload offload();
    void reload();
    /// Plugins first, then flows; goes on once what is new has been tried.
    void reload_all();
    std::string plugin_fingerprint() const;
    void await_signal();
    void await_change();
    void make_rejected_book();
    void drain();
    void stop();

    const Settings& settings_;
    Core& core_;
    ServerOptions options_;
    FlowFolder folder_;
    Door door_;
    std::string address_, public_url_, fingerprint_, plugins_seen_;
    trigger::DefaultOwners owners_;
    std::unique_ptr<trigger::RejectedBook> rejected_;
    std::unique_ptr<trigger::Hooks> hooks_;
    std::unique_ptr<trigger::Pauses> pauses_;
    std::unique_ptr<trigger::Polls> polls_;
    std::unique_ptr<trigger::Schedules> schedules_;
    plugin::ClientDoor way_out_;
    std::unique_ptr<outgoing::Deliverer> outgoing_;
    std::unique_ptr<api::Frontend> frontend_;
    std::unique_ptr<http::Server> server_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer watch_, limit_;
    Retention retention_;
    bool started_ = false;  ///< open runs are taken up: sources may be asked
    bool draining_ = false;
};

}  // namespace tappet::app
