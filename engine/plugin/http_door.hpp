#pragma once
#include "http/client.hpp"

namespace tappet::plugin {

/// The way out for plugins' requests: http::Client in the engine, a script in tests. On the loop's thread;
/// `done` comes once, on the loop's thread, never from inside send.
class HttpDoor {
public:
    virtual ~HttpDoor() = default;
    virtual http::Client::Ticket send(http::ClientRequest request, http::Client::Done done) = 0;
    virtual void cancel(http::Client::Ticket ticket) = 0;
};

/// The door over the engine's client, which must outlive it.
class ClientDoor final : public HttpDoor {
public:
    explicit ClientDoor(http::Client& client) : client_(client) {}
    http::Client::Ticket send(http::ClientRequest request, http::Client::Done done) override;
    void cancel(http::Client::Ticket ticket) override;

private:
    http::Client& client_;
};

}  // namespace tappet::plugin
