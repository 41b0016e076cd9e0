// The host over the engine's client; apart, so that tests with a door of their own need no client.
#include "plugin/host_impl.hpp"

namespace tappet::plugin {
namespace {

std::unique_ptr<HttpDoor> door_over(http::Client& client) { return std::make_unique<ClientDoor>(client); }

}  // namespace

Host::Host(boost::asio::io_context& loop, http::Client& client, const Clock& clock, Doors doors,
           HostOptions options) {
    auto door = door_over(client);
    HttpDoor& http = *door;
    impl_ = std::make_unique<Impl>(loop, std::move(door), http, clock, doors, std::move(options));
}

}  // namespace tappet::plugin
