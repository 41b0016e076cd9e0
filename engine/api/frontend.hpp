#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "api/context.hpp"
#include "http/server.hpp"

namespace tappet::api {

struct FrontendOptions {
    /// Host names (lower case, without port, IPv6 in brackets) that requests may name in Host and Origin, in
    /// any case; a page of another site that resolves its own name to this machine is kept out. Loopback
    /// names are always allowed.
    std::vector<std::string> hosts;
    std::uint64_t max_api_body =
        1u << 20;  ///< bytes; the event of a manual trigger may be as long as a hook's
    std::string version;
};

/// The door of the engine: sends requests to hooks, resources, health and metrics. On the loop's thread.
class Frontend final : public http::Handler {
public:
    Frontend(Context context, FrontendOptions options);
    /// Why the engine is not ready ("starting", "draining"); nothing when it is.
    void set_not_ready(std::optional<std::string> why) { not_ready_ = std::move(why); }
    /// The server whose numbers /metrics shows; may be null.
    void set_server(const http::Server* server) { server_ = server; }

    std::uint64_t body_limit(const http::Request& head) override;
    void handle(http::Request request, http::Responder respond) override;
    http::Response refuse(int status, const std::string& detail) override;
    http::Response refuse_body(const http::Request& head, const std::string& detail) override;

private:
    bool host_allowed(const http::Request& request, std::string& why) const;
    void resource(http::Request request, http::Responder respond);

    Context context_;
    FrontendOptions options_;
    std::optional<std::string> not_ready_ = "starting";
    const http::Server* server_ = nullptr;
};

/// The engine's numbers as Prometheus text (exposition format 0.0.4).
std::string metrics_text(const Context& context, const http::ServerStats& server, const std::string& version);

}  // namespace tappet::api
