#pragma once
#include <tappet/error.hpp>
#include <tappet/manifest.hpp>
#include <tappet/testing/value.hpp>

#include <optional>
#include <ostream>
#include <string>
#include <utility>

namespace tappet::sdk::mock {

/// How a call ended: with a value, or with an error.
class Outcome {
public:
    explicit Outcome(Value value) : value_(std::move(value)) {}
    explicit Outcome(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    const Value& value() const { return value_; }
    /// A part of the value; null where there is none.
    const Value& operator[](std::string_view key) const { return value_[key]; }
    const Value& operator[](const char* key) const { return value_[key]; }

    /// Of a failed call; those of one that succeeded are internal and empty.
    ErrorClass error_class() const { return error_ ? error_->error_class() : ErrorClass::internal; }
    std::string message() const { return error_ ? error_->message() : std::string(); }
    std::string code() const { return error_ ? error_->code() : std::string(); }
    int status() const { return error_ ? error_->status() : 0; }
    std::int64_t retry_after_ms() const { return error_ ? error_->retry_after_ms() : -1; }

    /// For messages: the value, or "rateLimited: …".
    friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
        if (outcome.ok()) return out << outcome.value_;
        return out << name_of(outcome.error_class()) << ": " << outcome.message();
    }

private:
    Value value_;
    std::optional<Error> error_;
};

/// A request to a hook: what is not said is a POST of nothing.
struct HookInput {
    HookInput() = default;
    explicit HookInput(std::string bytes) : body(std::move(bytes)) {}
    HookInput& header(std::string_view name, std::string value) {
        headers.set(name, std::move(value));
        return *this;
    }
    std::string method = "POST", path = "/", body;
    Value headers = Value::object();  ///< names in lower case
    Value query = Value::object();
    Value settings = Value::object();

    Value value(std::int64_t now_ms) const {
        Value out = Value::object();
        out.set("method", method).set("path", path).set("headers", headers).set("query", query);
        out.set("body", Value::bytes(body)).set("settings", settings);
        return out.set("receivedAt", Value::timestamp(now_ms / 1000));
    }
};

}  // namespace tappet::sdk::mock
