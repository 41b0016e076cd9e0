#pragma once
#include <tappet/abi.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "plugin/http_door.hpp"
#include "plugin/running.hpp"

namespace tappet::plugin {

class Core;

/// Requests of plugins under way. Each ends exactly once: with the door's answer, its call's cancellation, or
/// the host. Any thread, unless said otherwise.
class HttpService {
public:
    using Outcome = boost::system::result<http::ClientResponse, http::Failure>;

    HttpService(Core& core, HttpDoor& door) : core_(core), door_(door) {}
    /// `refused`: it is not to be sent, and why.
    void send(std::uint64_t call, http::ClientRequest request, std::optional<http::Failure> refused,
              tappet_http_done done, void* context);
    /// Sends and waits. Not on the loop.
    Outcome fetch(std::uint64_t call, http::ClientRequest request, std::optional<http::Failure> refused);
    void cancel_call(std::uint64_t call);  ///< ends the requests of a call. Loop thread
    void fail_all();                       ///< ends all as cancelled, at once. Loop thread
    bool empty() const;

private:
    struct Waiter;
    struct Request {
        std::uint64_t call = 0;
        Whose whose;
        http::ClientRequest request;
        tappet_http_done done = nullptr;
        void* context = nullptr;
        Waiter* waiter = nullptr;  ///< of a fetch; done and context are null then
        bool on_worker = false;
        http::Client::Ticket ticket = 0;
        std::optional<http::Failure> refused;  ///< it is not to be sent
    };
    void add(Request request);
    void begin(std::uint64_t number);
    void finish(std::uint64_t number, Outcome outcome);

    Core& core_;
    HttpDoor& door_;
    mutable std::mutex mutex_;  // of the requests
    std::map<std::uint64_t, Request> requests_;
    std::uint64_t last_ = 0;
};

}  // namespace tappet::plugin
