#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "app/exit_code.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "expr/value.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"

namespace tappet::app {

/// The secret that an event is signed with, and how a shell says it.
struct SenderSecret {
    std::string value;
    std::string words;  ///< of a shell, for inside double quotes: $TAPPET_SECRET_NAME, $(cat FILE)
};

/// TAPPET_SECRET_NAME of the environment; nothing where it is not set.
std::optional<SenderSecret> secret_of_environment(const std::string& name);
/// A file's text without the end of its last line; "-" is standard input. Fails as not_found.
Result<SenderSecret> secret_of_file(const std::string& path);

/// What a sender knows of how a trigger verifies, out of the server's document of the trigger; no preset
/// where it verifies nothing. `as`: the preset to sign as in its place, with settings of its own kind alone.
flow::VerifyPlan verification_of(const Value& trigger, const std::string& as);

/// The request of an event, and how to say it with curl.
struct Sending {
    std::string method = "POST", url;
    http::Headers headers{{"content-type", "application/json"}};
    std::string payload = "{}";
    std::string payload_file;  ///< where it comes from; empty: it is written out
    std::string credential;    ///< words of curl in place of the header that would show the secret

    /// Adds what a sender of the preset adds; a header that is there already stays as it is. Fails as
    /// invalid.
    Result<void> sign(const flow::VerifyPlan& plan, const SenderSecret& secret, std::string_view id,
                      TimeMs now);
    /// A line for a shell that sends the same bytes. It never holds the secret itself.
    std::string curl() const;
};

}  // namespace tappet::app
