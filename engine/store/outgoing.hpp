#pragma once
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"

namespace tappet::store {

/// Whom messages go to: one member of a flow's `notify`.
struct OutgoingAddress {
    std::string tenant, flow, name;
    friend auto operator<=>(const OutgoingAddress&, const OutgoingAddress&) = default;
};

/// What somebody is told about a run; written with the boundary of the run that it tells of.
struct OutgoingMessage {
    Uuid id;  ///< UUIDv7
    OutgoingAddress to;
    std::uint32_t version = 0;  ///< of the flow, under which the address is made up
    RunId run;
    std::string type;  ///< "run.failed"
    std::string body;  ///< what is sent
    TimeMs due;        ///< of the first attempt
};

enum class OutgoingStatus : std::uint8_t { pending, delivered, failed };

/// How far the delivery of a message has come.
struct OutgoingState {
    OutgoingStatus status = OutgoingStatus::pending;
    std::uint32_t attempts = 0;
    TimeMs due;         ///< of the next attempt; while it is pending
    TimeMs tried;       ///< the last attempt; 0 ms: none yet
    int answer = 0;     ///< status of the last answer; 0: there was none
    std::string error;  ///< of the last attempt; empty where it was delivered
    friend bool operator==(const OutgoingState&, const OutgoingState&) = default;
};

/// A message as it is kept. Lists leave the body out.
struct OutgoingRow {
    OutgoingMessage message;
    OutgoingState state;
    bool held = false;  ///< it is pending, and its address disabled: nothing is sent
};

/// A pending message, as the deliverer holds it.
struct OutgoingHead {
    Uuid id;
    TimeMs due;
};

/// An address that a message was ever written for.
struct OutgoingEndpoint {
    OutgoingAddress address;
    TimeMs failing_since;  ///< the first failure after the last success; 0 ms: it does not fail
    TimeMs disabled;       ///< since when nothing is sent to it; 0 ms: it is not disabled
    std::string reason;    ///< why it is disabled; else the last failure of one that fails
    friend bool operator==(const OutgoingEndpoint&, const OutgoingEndpoint&) = default;
};

/// What an attempt made of a message, and of its endpoint where that has changed.
struct OutgoingTried {
    std::string tenant;
    Uuid id;
    OutgoingState state;
    std::optional<OutgoingEndpoint> endpoint;
};

struct OutgoingFilter {
    std::string tenant;
    std::optional<OutgoingStatus> status;
    std::optional<bool> held;  ///< of addresses that are disabled, or that are not
    std::optional<std::string> flow;
    std::optional<RunId> run;
    std::optional<Uuid> after;  ///< cursor: messages older than this one
    std::size_t limit = 50;
};

struct OutgoingPage {
    std::vector<OutgoingRow> rows;  ///< newest first, without bodies
    bool more = false;
};

/// Messages about runs that wait to be delivered, and those that were. They come into being with a Commit;
/// what is here blocks for a disk access and may be called on any thread but the writer's.
class OutgoingStore {
public:
    virtual ~OutgoingStore() = default;

    /// The pending messages of an address, those that are due first before the others.
    virtual Result<std::vector<OutgoingHead>> outgoing_pending(const OutgoingAddress& address,
                                                               std::size_t limit) const = 0;
    /// One message with its body; not_found: the tenant has none of this id.
    virtual Result<OutgoingRow> outgoing(const std::string& tenant, const Uuid& id) const = 0;
    virtual Result<OutgoingPage> outgoing_list(const OutgoingFilter& filter) const = 0;
    /// Keeps what attempts came to, all in one transaction. Messages that are gone are passed over.
    virtual Result<void> outgoing_tried(const std::vector<OutgoingTried>& tried) = 0;

    /// Every address, of one tenant or of all, by tenant, flow and name.
    virtual Result<std::vector<OutgoingEndpoint>> outgoing_endpoints(
        const std::optional<std::string>& tenant = std::nullopt) const = 0;
    /// How many pending messages an address has.
    virtual Result<std::uint64_t> outgoing_waiting(const OutgoingAddress& address) const = 0;
    virtual Result<void> save_outgoing_endpoint(const OutgoingEndpoint& endpoint) = 0;

    /// Deletes messages older than `before`, in small batches; but none that is pending, unless its address
    /// is disabled: its attempts end by themselves. Returns how many.
    virtual Result<std::uint64_t> purge_outgoing(TimeMs before) = 0;
};

}  // namespace tappet::store
