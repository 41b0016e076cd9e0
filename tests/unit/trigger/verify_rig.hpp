#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/encoding.hpp"
#include "trigger/verify.hpp"

namespace tappet::trigger {

constexpr TimeMs kNow{1'700'000'000'000};

inline flow::VerifyPlan plan_of(const char* preset) {
    flow::VerifyPlan plan;
    plan.preset = preset;
    return plan;
}
inline std::unique_ptr<Verifier> made(const flow::VerifyPlan& plan, std::vector<std::string> secrets) {
    auto verifier = make_verifier(plan, std::move(secrets));
    EXPECT_TRUE(verifier) << verifier.error().message;
    return verifier ? std::move(*verifier) : make_none();
}
/// Why the settings cannot be used; empty when they can.
inline std::string unusable(const flow::VerifyPlan& plan, std::vector<std::string> secrets) {
    const auto verifier = make_verifier(plan, std::move(secrets));
    return verifier ? "" : verifier.error().message;
}
inline http::Request with(http::Headers headers, std::string body) {
    http::Request request;
    request.method = "POST";
    request.target = "/hooks/default/f/t";
    request.headers = std::move(headers);
    request.body = std::move(body);
    request.remote = "192.0.2.7";
    return request;
}
/// What is said when a request is refused; empty when it passes.
inline std::string said(const Verifier& verifier, const http::Request& request, TimeMs now = kNow) {
    return verifier.refuse(request, now).value_or("");
}

}  // namespace tappet::trigger
