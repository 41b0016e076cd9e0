#include "expr/json.hpp"
#include "trigger/body.hpp"
#include "trigger/verify.hpp"
#include "trigger/verify/hmac_template.hpp"

namespace tappet::trigger {
namespace {

/// HMAC of "v0:time:body", and the request by which Slack asks whether an address is there.
class Slack final : public Verifier {
public:
    explicit Slack(std::unique_ptr<Verifier> signature) : signature_(std::move(signature)) {}

    std::optional<std::string> refuse(const http::Request& request, TimeMs now) const override {
        return signature_->refuse(request, now);
    }

    std::optional<http::Response> greet(const http::Request& request) const override {
        constexpr std::size_t kLongest =
            4096;  // of the body; an event's may be longer and is not parsed twice
        if (request.body.size() > kLongest || request.body.find("url_verification") == std::string::npos)
            return std::nullopt;
        const JsonParsed read = parse_json(behind_mark(request.body));
        const Value* type = read.ok ? read.value.find("type") : nullptr;
        const Value* challenge = read.ok ? read.value.find("challenge") : nullptr;
        if (!type || !type->is(Kind::string) || type->as_string() != "url_verification" || !challenge ||
            !challenge->is(Kind::string))
            return std::nullopt;
        http::Response response;
        response.headers.add("Content-Type", "text/plain; charset=utf-8");
        response.headers.add("X-Content-Type-Options", "nosniff");
        response.body = challenge->as_string();
        return response;
    }

private:
    std::unique_ptr<Verifier> signature_;
};

}  // namespace

MadeVerifier make_slack(const flow::VerifyPlan& plan, Texts secrets) {
    HmacPreset preset = slack_as_hmac();
    preset.plan.tolerance = plan.tolerance;
    auto signature = make_hmac(preset.plan, std::move(secrets), preset.time_header);
    if (!signature) return signature;
    return std::unique_ptr<Verifier>(std::make_unique<Slack>(std::move(*signature)));
}

}  // namespace tappet::trigger
