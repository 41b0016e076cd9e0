#include "plugin/http_door.hpp"

#include <utility>

namespace tappet::plugin {

http::Client::Ticket ClientDoor::send(http::ClientRequest request, http::Client::Done done) {
    return client_.send(std::move(request), std::move(done));
}
void ClientDoor::cancel(http::Client::Ticket ticket) { client_.cancel(ticket); }

}  // namespace tappet::plugin
