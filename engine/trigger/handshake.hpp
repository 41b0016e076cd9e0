#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "expr/program.hpp"
#include "flow/plan.hpp"
#include "http/message.hpp"
#include "trigger/problem.hpp"

namespace tappet::trigger {

/// Answers what a platform asks an address before it sends it any event, where the trigger's
/// `verify.challenge` says so: the GET of Meta (hub.challenge) and the OPTIONS of CloudEvents ("HTTP 1.1 Web
/// Hooks for Event Delivery" 4). No run starts, and nothing is said about an address that does not take part.
/// Immutable; any thread.
class Handshake {
public:
    /// Answers nothing.
    Handshake() = default;
    /// `rate`: events a second that the hook takes, 0: no limit. Fails as invalid when the token cannot be
    /// used.
    static Result<Handshake> make(const flow::VerifyPlan& plan, double rate,
                                  const expr::Activation& activation);

    /// Nothing when the request is no such question. `methods` are those of the trigger, for Allow.
    std::optional<std::variant<http::Response, Problem>> answer(const http::Request& request,
                                                                std::string_view methods) const;
    const std::string& token() const { return token_; }  ///< of Meta; empty: none

private:
    using Answer = std::variant<http::Response, Problem>;
    Answer answer_meta(const http::Request& request) const;
    Answer answer_cloud_events(const http::Request& request, std::string_view methods) const;

    std::string token_;                 ///< of Meta; empty: none
    std::vector<std::string> origins_;  ///< of CloudEvents
    double rate_ = 0;
};

}  // namespace tappet::trigger
