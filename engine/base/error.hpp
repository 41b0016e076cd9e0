#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace tappet {

/// What the caller should do about an expected failure. The code names the reaction, never the place.
enum class ErrorCode {
    invalid,       ///< the input is wrong: tell whoever sent it, do not retry
    not_found,     ///< the thing is not there (or not yours to see)
    conflict,      ///< the state forbids it; look again
    unauthorized,  ///< no or wrong credential
    forbidden,     ///< known, and not allowed
    exhausted,     ///< a limit is reached: retry later
    unavailable,   ///< a peer or the disk is not answering: retry later
    timed_out,     ///< the deadline passed
    cancelled,     ///< somebody asked to stop
    corrupt,       ///< stored data does not read back: stop and say so
    internal,      ///< our own fault
};

std::string_view to_string(ErrorCode code);

/// An expected failure as a value: what to do (code) and what to say (message: what, where, what to do).
struct Error {
    ErrorCode code = ErrorCode::internal;
    std::string message;

    Error() = default;  ///< internal, without a message; Result asks for it
    Error(ErrorCode c, std::string m) : code(c), message(std::move(m)) {}

    static Error invalid(std::string m) { return {ErrorCode::invalid, std::move(m)}; }
    static Error not_found(std::string m) { return {ErrorCode::not_found, std::move(m)}; }
    static Error conflict(std::string m) { return {ErrorCode::conflict, std::move(m)}; }
    static Error exhausted(std::string m) { return {ErrorCode::exhausted, std::move(m)}; }
    static Error unavailable(std::string m) { return {ErrorCode::unavailable, std::move(m)}; }
    static Error timed_out(std::string m) { return {ErrorCode::timed_out, std::move(m)}; }
    static Error cancelled(std::string m) { return {ErrorCode::cancelled, std::move(m)}; }
    static Error corrupt(std::string m) { return {ErrorCode::corrupt, std::move(m)}; }
    static Error internal(std::string m) { return {ErrorCode::internal, std::move(m)}; }
    static Error forbidden(std::string m) { return {ErrorCode::forbidden, std::move(m)}; }
    static Error unauthorized(std::string m) { return {ErrorCode::unauthorized, std::move(m)}; }
};

}  // namespace tappet
