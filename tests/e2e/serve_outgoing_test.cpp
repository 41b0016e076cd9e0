// What addresses are told of runs, by the engine as it serves: through kills, verified as receivers would.
#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <atomic>
#include <map>

#include "base/encoding.hpp"
#include "expr/json.hpp"
#include "place.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

struct Received {
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body;
    Value json;
};

Received read(const std::string& request) {
    Received out;
    const std::size_t end = request.find("\r\n\r\n");
    out.body = request.substr(end + 4);
    std::size_t at = request.find("\r\n") + 2;
    while (at < end) {
        const std::size_t line = request.find("\r\n", at), colon = request.find(": ", at);
        std::string name = request.substr(at, colon - at);
        for (char& c : name)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        out.headers[name] = request.substr(colon + 2, line - colon - 2);
        at = line + 2;
    }
    out.json = parse_json(out.body).value;
    return out;
}

/// The signature that the scheme asks for, by OpenSSL alone.
std::string signature_of(const Received& message) {
    const std::string key = from_base64(std::string_view(kSecret).substr(6)).value();
    const std::string text =
        message.headers.at("webhook-id") + "." + message.headers.at("webhook-timestamp") + "." + message.body;
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, &size);
    return "v1," + to_base64(std::string_view(reinterpret_cast<const char*>(mac), size));
}

std::string flow_told_to(const std::string& url) {
    return "triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]\n"
           "steps: [ { id: a, uses: core/map, with: { value: 1 } } ]\noutputs: { n: 1 }\n"
           "notify: [ { id: ops, url: \"" +
           url + "/in\", secrets: [\"${{ secrets.OUT }}\"] } ]\n";
}

struct ServeOutgoing : ::testing::Test {
    ServeOutgoing() : service([this](const std::string&) { return answer(); }) {
        place.flow("told", flow_told_to(service.url()));
    }
    std::string answer() const {
        return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    }
    Engine& engine(Words flags = {"--allow-http", "127.0.0.1/32"}) {
        if (!engine_) engine_.emplace(place, std::move(flags), Variables{{"TAPPET_SECRET_OUT", kSecret}});
        return *engine_;
    }
    /// The only message once it is as asked for.
    Value message(const std::string& wanted) {
        Value out;
        engine().await([&] {
            const Answer all = engine().get("/v2/tenants/default/outgoing");
            const Value* data = all.json.find("data");
            if (!data || data->size() != 1) return false;
            out = data->items()[0];
            return test::text_at(out, {"attributes", "status"}) == wanted;
        });
        return out;
    }
    std::atomic<int> status{200};
    test::HeldService service;
    Place place;
    std::optional<Engine> engine_;
};

TEST_F(ServeOutgoing, AnEndIsToldAgainAfterAKillWithTheSameId) {
    const std::string run = test::text_at(engine().event("told", "{}").json, {"runId"});
    engine().await([&] { return service.requests().size() == 1; });  // not answered
    engine().process().kill();
    service.release();
    engine().start();
    const Value kept = message("delivered");
    const auto requests = service.requests();
    ASSERT_EQ(requests.size(), 2u);
    const Received first = read(requests[0]), second = read(requests[1]);
    EXPECT_EQ(first.headers.at("webhook-id"), second.headers.at("webhook-id"));
    EXPECT_EQ(first.body, second.body);
    EXPECT_EQ(first.headers.at("webhook-signature"), signature_of(first));
    EXPECT_EQ(second.headers.at("webhook-signature"), signature_of(second));
    EXPECT_EQ(second.headers.at("content-type"), "application/json");
    EXPECT_EQ(test::text_at(second.json, {"type"}), "run.succeeded");
    EXPECT_EQ(test::text_at(second.json, {"data", "id"}), run);
    EXPECT_EQ(test::text_at(second.json, {"data", "status"}), "succeeded");
    EXPECT_EQ(engine().ended_run(run).status, 200);
    EXPECT_EQ(test::text_at(kept, {"id"}), second.headers.at("webhook-id"));
    EXPECT_EQ(test::text_at(kept, {"attributes", "run"}), run);
    EXPECT_THAT(engine().get("/metrics").body,
                HasSubstr("tappet_outgoing_attempts_total{outcome=\"delivered\"} 1\n"));
}

TEST_F(ServeOutgoing, WhatEndsBeforeItIsToldIsToldByTheNextEngine) {
    status = 503;
    service.release();
    engine().event("told", "{}");
    message("pending");
    engine().await([&] { return service.requests().size() == 1; });
    kill(engine().process().id(), SIGTERM);
    EXPECT_EQ(engine().process().wait(), 0);
    status = 200;
    engine().start();
    message("delivered");
}

TEST_F(ServeOutgoing, ASecretThatCannotSignIsSaidWhenTheFlowIsLoaded) {
    Engine wrong(place, Words{}, Variables{{"TAPPET_SECRET_OUT", "whsec_n0t!base64"}});
    EXPECT_THAT(wrong.process().errors(), HasSubstr("default/told.ops is sent nothing: "));
    EXPECT_THAT(wrong.process().errors(), Not(HasSubstr("n0t")));
}

TEST_F(ServeOutgoing, GoneStopsUntilTheAddressIsEnabled) {
    status = 410;
    service.release();
    engine().event("told", "{}");
    const std::string failed = test::text_at(message("failed"), {"id"});
    const Ended endpoints = engine().cli({"outgoing", "endpoints", "-o", "json"});
    ASSERT_EQ(endpoints.code, 0) << endpoints.err;
    EXPECT_EQ(endpoints.text({"endpoints", "0", "id"}), "told.ops");
    EXPECT_EQ(endpoints.text({"endpoints", "0", "status"}), "disabled");
    EXPECT_THAT(endpoints.text({"endpoints", "0", "reason"}), HasSubstr("410"));
    EXPECT_THAT(engine().get("/metrics").body, HasSubstr("tappet_outgoing_endpoints_disabled 1\n"));
    status = 200;
    const Ended held = engine().cli({"outgoing", "resend", failed, "-o", "json"});
    EXPECT_EQ(held.text({"message", "status"}), "held");
    EXPECT_THAT(held.err,
                HasSubstr("its address is disabled: it waits until `tappet outgoing enable told.ops`"));
    engine().event("told", "{}");
    engine().await([&] {
        return engine()
                   .cli({"outgoing", "list", "--status", "held", "-o", "json"})
                   .json.find("messages")
                   ->size() == 2;
    });
    EXPECT_EQ(service.requests().size(), 1u);
    const Ended enabled = engine().cli({"outgoing", "enable", "told.ops"});
    ASSERT_EQ(enabled.code, 0) << enabled.err;
    EXPECT_EQ(enabled.out, "told.ops is sent to again; 2 messages wait\n");
    engine().await([&] {
        return engine()
                   .cli({"outgoing", "list", "--status", "delivered", "-o", "json"})
                   .json.find("messages")
                   ->size() == 2;
    });
    EXPECT_EQ(service.requests().size(), 3u);
    EXPECT_THAT(engine().cli({"outgoing", "show", failed}).out, HasSubstr("\n  \"type\": \"run.succeeded\""));
}

TEST_F(ServeOutgoing, APrivateAddressIsRefusedAsActionsAreRefused) {
    service.release();
    engine({}).event("told", "{}");
    engine().await([&] {
        const Ended list = engine().cli({"outgoing", "list", "-o", "json"});
        return list.text({"messages", "0", "attempts"}) == "1";
    });
    EXPECT_THAT(engine().cli({"outgoing", "list", "-o", "json"}).text({"messages", "0", "lastError"}),
                HasSubstr("127.0.0.1"));
    EXPECT_TRUE(service.requests().empty());
    const Ended endpoints = engine().cli({"outgoing", "endpoints", "-o", "json"});
    EXPECT_EQ(endpoints.text({"endpoints", "0", "status"}), "failing") << endpoints.out;
    EXPECT_THAT(endpoints.text({"endpoints", "0", "reason"}), HasSubstr("127.0.0.1"));
}

TEST_F(ServeOutgoing, WrongRequestsSayWhatIsWrong) {
    const std::string none = "0193b3a1-5f0e-7c52-8d1e-6f1f5e0c9a44";
    EXPECT_EQ(engine().cli({"outgoing", "show", none}).code, 5);
    EXPECT_EQ(engine().cli({"outgoing", "resend", "nothing"}).code, 5);
    EXPECT_EQ(engine().cli({"outgoing", "enable", "told.ops"}).code, 5);
    const auto wrong = [&](const char* flag, const char* value) {
        const Ended ended = engine().cli({"outgoing", "list", flag, value});
        EXPECT_EQ(ended.code, 2) << flag;
        EXPECT_THAT(ended.err, HasSubstr(std::string(flag) + " takes ")) << flag;
        EXPECT_THAT(ended.err, HasSubstr(std::string("; not `") + value)) << flag;
    };
    wrong("--status", "gone");
    wrong("--run", "first");
    wrong("--after", "x");
    EXPECT_THAT(engine().cli({"outgoing", "list", "--status", "gone"}).err,
                HasSubstr("pending, held, delivered or failed"));
    EXPECT_EQ(engine().cli({"outgoing", "list", "-n", "1"}).code, 0);
    EXPECT_EQ(engine().post("/v2/tenants/default/outgoing/" + none, "").status, 405);
    EXPECT_EQ(engine().get("/v2/tenants/default/outgoing?filter[state]=x").status, 400);
    EXPECT_EQ(engine().get("/v2/tenants/default/outgoing/" + none + "/resend").status, 405);
}

}  // namespace
}  // namespace tappet::e2e
