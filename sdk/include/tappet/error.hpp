#pragma once
#include <tappet/abi.h>

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace tappet::sdk {

/// Why an action fails, by what the engine does next: the closed list of error classes.
enum class ErrorClass : std::uint32_t {
    validation = TAPPET_VALIDATION,
    auth = TAPPET_AUTH,
    forbidden = TAPPET_FORBIDDEN,
    not_found = TAPPET_NOT_FOUND,
    conflict = TAPPET_CONFLICT,
    rate_limited = TAPPET_RATE_LIMITED,
    timeout = TAPPET_TIMEOUT,
    unavailable = TAPPET_UNAVAILABLE,
    upstream = TAPPET_UPSTREAM,
    cancelled = TAPPET_CANCELLED,
    internal = TAPPET_INTERNAL
};

/// What an action throws, or fails a Call with. Any other exception becomes `internal` with its what().
///
///     throw Error::rate_limited("the API asks to slow down").retry_after_ms(20'000).status(429);
class Error : public std::exception {
public:
    Error(ErrorClass error_class, std::string message) : class_(error_class), message_(std::move(message)) {}

    /// What the engine said. A class that is not known is internal.
    static Error from(const tappet_error& error) {
        const auto text = [](tappet_text t) { return t.size ? std::string(t.data, t.size) : std::string(); };
        const bool known = error.error_class <= TAPPET_INTERNAL;
        Error out(known ? static_cast<ErrorClass>(error.error_class) : ErrorClass::internal,
                  text(error.message));
        out.code_ = text(error.code);
        out.status_ = error.http_status;
        out.retry_after_ms_ = error.retry_after_ms;
        return out;
    }

    static Error validation(std::string m) { return {ErrorClass::validation, std::move(m)}; }
    static Error auth(std::string m) { return {ErrorClass::auth, std::move(m)}; }
    static Error forbidden(std::string m) { return {ErrorClass::forbidden, std::move(m)}; }
    static Error not_found(std::string m) { return {ErrorClass::not_found, std::move(m)}; }
    static Error conflict(std::string m) { return {ErrorClass::conflict, std::move(m)}; }
    static Error rate_limited(std::string m) { return {ErrorClass::rate_limited, std::move(m)}; }
    static Error timeout(std::string m) { return {ErrorClass::timeout, std::move(m)}; }
    static Error unavailable(std::string m) { return {ErrorClass::unavailable, std::move(m)}; }
    static Error upstream(std::string m) { return {ErrorClass::upstream, std::move(m)}; }
    static Error cancelled(std::string m) { return {ErrorClass::cancelled, std::move(m)}; }
    static Error internal(std::string m) { return {ErrorClass::internal, std::move(m)}; }

    Error& code(std::string finer) { return code_ = std::move(finer), *this; }  ///< for machines: "http.503"
    Error& status(int http_status) { return status_ = http_status, *this; }
    Error& retry_after_ms(std::int64_t wait) {
        return retry_after_ms_ = wait, *this;
    }  ///< the peer's wish; -1: none

    const char* what() const noexcept override { return message_.c_str(); }
    ErrorClass error_class() const { return class_; }
    const std::string& message() const { return message_; }
    const std::string& code() const { return code_; }
    int status() const { return status_; }
    std::int64_t retry_after_ms() const { return retry_after_ms_; }

private:
    ErrorClass class_;
    std::string message_;
    std::string code_;
    int status_ = 0;
    std::int64_t retry_after_ms_ = -1;
};

}  // namespace tappet::sdk
