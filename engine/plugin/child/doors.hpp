#pragma once
#include <boost/asio/io_context.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "plugin/child/link.hpp"
#include "plugin/child/messages.hpp"
#include "plugin/http_door.hpp"

namespace tappet::plugin::child {

/// In the child: the engine's doors, asked over the link. send and cancel on the loop's thread, the others on
/// workers, which wait for the reply.
class RemoteDoors final : public HttpDoor,
                          public StateDoor,
                          public ConnectionDoor,
                          public BlobDoor,
                          public MetricsDoor {
public:
    RemoteDoors(boost::asio::io_context& loop, std::shared_ptr<Link> link)
        : loop_(loop), link_(std::move(link)) {}
    void reply(Ask&& reply);  ///< the parent has answered

    http::Client::Ticket send(http::ClientRequest request, http::Client::Done done) override;
    void cancel(http::Client::Ticket ticket) override;
    Result<std::optional<std::string>> get(const std::string& tenant, const std::string& plugin,
                                           const std::string& key) override;
    Result<void> set(const std::string& tenant, const std::string& plugin, const std::string& key,
                     const std::optional<std::string>& value) override;
    CallOutcome get(const ConnectionAsk& ask) override;
    Result<std::string> write(const RunId& run, const std::string& tenant, const std::string& id,
                              std::string_view bytes) override;
    Result<std::string> read(const RunId& run, const std::string& tenant, const std::string& id,
                             std::uint64_t offset, std::uint64_t max) override;
    void record(const std::string& plugin, const MetricUpdate& update) override;

private:
    using Replied = std::function<void(Value)>;
    std::uint64_t ask(Door door, Value what, Replied replied);
    void ask_in_turn(Door door, const Value& what, const Replied& replied);
    void send_waiting();
    void refuse(std::uint64_t number);
    std::string written(std::uint64_t number, Door door, Value what) const;
    CallOutcome wait_for(Door door, Value what);

    boost::asio::io_context& loop_;
    std::shared_ptr<Link> link_;
    std::map<std::uint64_t, Replied> asked_;
    std::uint64_t last_ = 0;
    /// To doors that block, not sent yet: number and frame, empty where it is too large. The engine holds so
    /// many bytes of them at a time (Limits::asked).
    std::deque<std::pair<std::uint64_t, std::string>> waiting_;
    std::size_t open_ = 0, open_bytes_ = 0;  ///< of those that were sent and not answered
};

/// What a door gave as a call's outcome, and back: for doors that give a Result.
CallOutcome outcome_of(const Error& error);
Error error_of(const CallError& error);

}  // namespace tappet::plugin::child
