// refuse() of each preset on a request of 1 KB that passes. At most 100 µs is asked of all but RSA.
#include <benchmark/benchmark.h>

#include <stdexcept>

#include "base/encoding.hpp"
#include "support/signer.hpp"
#include "trigger/verify.hpp"
#include "vault/digest.hpp"

namespace {

using namespace tappet;
using test::Signer;

constexpr TimeMs kNow{1'700'000'000'000};
const std::string kTime = "1700000000", kSecret = "0123456789abcdefghijklmnopqrstuv";
const std::string kBody =
    R"({"type":"INSTALL","timestamp":"2023-11-14T22:13:20.000Z","text":")" + std::string(960, 'x') + "\"}";

std::string mac(std::string_view message) { return vault::hmac(vault::Hash::sha256, kSecret, message); }

void add(const std::string& name, const flow::VerifyPlan& plan, trigger::Texts secrets,
         http::Headers headers) {
    auto verifier = trigger::make_verifier(plan, std::move(secrets));
    if (!verifier) throw std::runtime_error(name + ": " + verifier.error().message);
    http::Request request;
    request.method = "POST";
    request.headers = std::move(headers);
    request.body = kBody;
    request.remote = "192.0.2.7";
    if (const auto why = (*verifier)->refuse(request, kNow)) throw std::runtime_error(name + ": " + *why);
    const std::shared_ptr<trigger::Verifier> shared = std::move(*verifier);
    benchmark::RegisterBenchmark(name.c_str(), [shared, request](benchmark::State& state) {
        for (auto _ : state) benchmark::DoNotOptimize(shared->refuse(request, kNow));
    })->Unit(benchmark::kMicrosecond);
}

flow::VerifyPlan plan_of(const char* preset) {
    flow::VerifyPlan plan;
    plan.preset = preset;
    return plan;
}

void add_tokens(const Signer& ed, const Signer& rsa, const Signer& ec) {
    const auto token = [](const std::string& name, const auto& sign) {
        const std::string text = to_base64url("{\"alg\":\"" + name + "\"}") + "." +
                                 to_base64url(R"({"exp":1700000100,"sub":"someone"})");
        return http::Headers{{"authorization", "Bearer " + text + "." + to_base64url(sign(text))}};
    };
    const auto jwt = [&](const char* name, const std::string& secret, const auto& sign) {
        flow::VerifyPlan plan = plan_of("jwt");
        plan.algorithms = {name};
        add(std::string("jwt ") + name, plan, {secret}, token(name, sign));
    };
    jwt("HS256", kSecret, mac);
    jwt("RS256", rsa.public_pem(), [&](const std::string& text) { return rsa.sign(text); });
    jwt("PS256", rsa.public_pem(), [&](const std::string& text) { return rsa.sign(text, true); });
    jwt("ES256", ec.public_pem(), [&](const std::string& text) { return ec.sign(text); });
    jwt("EdDSA", ed.public_pem(), [&](const std::string& text) { return ed.sign(text); });
}

void add_all() {
    const Signer ed(Signer::Kind::ed25519), rsa(Signer::Kind::rsa), ec(Signer::Kind::p256);
    const std::string standard = "msg_1." + kTime + "." + kBody;
    const auto webhook = [&](const std::string& signature) {
        return http::Headers{
            {"webhook-id", "msg_1"}, {"webhook-timestamp", kTime}, {"webhook-signature", signature}};
    };
    add("saas", plan_of("saas"), {to_base64(ed.public_der())},
        {{"x-ghl-signature", to_base64(ed.sign(kBody))}});
    flow::VerifyPlan legacy = plan_of("saas");
    legacy.legacy = true;
    add("saas legacy (RSA)", legacy, {rsa.public_pem()}, {{"x-wh-signature", to_base64(rsa.sign(kBody))}});
    add("standard-webhooks v1", plan_of("standard-webhooks"), {"whsec_" + to_base64(kSecret)},
        webhook("v1," + to_base64(mac(standard))));
    add("standard-webhooks v1a", plan_of("standard-webhooks"),
        {"whpk_" + to_base64(ed.public_der().substr(12))}, webhook("v1a," + to_base64(ed.sign(standard))));
    add("github", plan_of("github"), {kSecret}, {{"x-hub-signature-256", "sha256=" + to_hex(mac(kBody))}});
    add("stripe", plan_of("stripe"), {kSecret},
        {{"stripe-signature", "t=" + kTime + ",v1=" + to_hex(mac(kTime + "." + kBody))}});
    add("slack", plan_of("slack"), {kSecret},
        {{"x-slack-request-timestamp", kTime},
         {"x-slack-signature", "v0=" + to_hex(mac("v0:" + kTime + ":" + kBody))}});
    add("shopify", plan_of("shopify"), {kSecret}, {{"x-shopify-hmac-sha256", to_base64(mac(kBody))}});
    flow::VerifyPlan hmac = plan_of("hmac");
    hmac.header = "x-signature";
    add("hmac", hmac, {kSecret}, {{"x-signature", to_hex(mac(kBody))}});
    add("basic", plan_of("basic"), {"user:pw"}, {{"authorization", "Basic " + to_base64("user:pw")}});
    add("bearer", plan_of("bearer"), {kSecret}, {{"authorization", "Bearer " + kSecret}});
    add_tokens(ed, rsa, ec);
    flow::VerifyPlan ip = plan_of("ip");
    ip.addresses = {"192.0.2.0/24"};
    add("ip", ip, {}, {});
}

}  // namespace

int main(int argc, char** argv) {
    add_all();
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
