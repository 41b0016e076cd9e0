#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "expr/binary.hpp"
#include "http/client.hpp"
#include "plugin/doors.hpp"
#include "plugin/host.hpp"

namespace tappet::plugin::child {

// What frames hold. Every read_… gives nothing for bytes that no write() gives: the other side may be a
// plugin that writes into the socket. Values cross with their secret marks, and plain: nothing leaves the
// machine. Where a reader is given `most_values`, bytes with more of them in it do not read (LinkLimits).

inline constexpr std::size_t kAnyNumber = std::numeric_limits<std::size_t>::max();

struct CallMessage {
    std::uint64_t id = 0;  ///< the parent's number
    std::uint32_t kind = 0;
    std::uint32_t index = 0;
    CallContext context;
    Value input;
};
std::string write(const CallMessage& call);
std::optional<CallMessage> read_call(std::string_view bytes);

struct AnswerMessage {
    std::uint64_t id = 0;
    CallOutcome outcome;
};
std::string write(const AnswerMessage& answer);
std::optional<AnswerMessage> read_answer(std::string_view bytes, std::size_t most_values = kAnyNumber);
/// Which call an answer is for, without a look at what follows.
std::optional<std::uint64_t> answered_call(std::string_view bytes);

std::string write_number(std::uint64_t number);
std::optional<std::uint64_t> read_number(std::string_view bytes);

std::string write(const LogLine& line);
std::optional<LogLine> read_log(std::string_view bytes);

std::string write(const MetricUpdate& update);
std::optional<MetricUpdate> read_metric(std::string_view bytes);

/// What a child asks for of what the engine gives to plugins.
enum class Door : std::uint8_t { http, state_get, state_set, connection, blob_write, blob_read };

/// A question to a door, or what it gave: `number` pairs them. `what` is as the door's write_… made it.
struct Ask {
    std::uint64_t number = 0;
    Door door = Door::http;
    Value what;
};
std::string write(const Ask& ask);
std::optional<Ask> read_ask(std::string_view bytes, std::size_t most_values = kAnyNumber);

using HttpOutcome = boost::system::result<http::ClientResponse, http::Failure>;
Value value_of(const http::ClientRequest& request);
std::optional<http::ClientRequest> request_of(const Value& value);
Value value_of(const HttpOutcome& outcome);
HttpOutcome http_outcome_of(const Value& value);  ///< a failure where it does not read
Value value_of(const CallOutcome& outcome);
CallOutcome call_outcome_of(const Value& value);  ///< internal where it does not read

}  // namespace tappet::plugin::child
