// Events that are not taken: which status says why, and what the problem document holds.
#include <optional>
#include <set>

#include "base/encoding.hpp"
#include "place.hpp"
#include "vault/digest.hpp"

namespace tappet::e2e {
namespace {

std::string with_trigger(const std::string& more) {
    return "\ntriggers: [ { id: received, uses: core/webhook, " + more +
           " } ]\nsteps: [ { id: note, uses: core/log, with: { message: came } } ]\n";
}

constexpr const char* kOpen = "verify: { preset: none }";

/// Runs of this flow wait for an hour.
constexpr const char* kStuck = R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps:
  - id: never
    uses: core/http
    retry: { maxAttempts: 9, initial: 1h, jitter: none, on: [forbidden] }
    with: { method: GET, url: "http://127.0.0.1:9/" }
)";

void expect_problem(const Answer& answer, int status, const std::string& code) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.field("content-type"), "application/problem+json");
    EXPECT_EQ(answer.text({"status"}), std::to_string(status));
    EXPECT_EQ(answer.text({"code"}), code);
    EXPECT_EQ(answer.text({"type"}), "about:blank");
    EXPECT_FALSE(answer.text({"title"}).empty());
    EXPECT_FALSE(answer.text({"requestId"}).empty());
}

/// An engine with one flow whose trigger says this.
class HooksRefused : public ::testing::Test {
protected:
    Engine& engine(const std::string& trigger, Words flags = {}, Variables variables = {}) {
        place_.flow("hook", with_trigger(trigger));
        return engine_.emplace(place_, std::move(flags), std::move(variables));
    }
    Place place_;
    std::optional<Engine> engine_;
};

TEST_F(HooksRefused, UnreadableJsonIs400WithByteLineAndColumn) {
    Engine& engine = this->engine(kOpen);
    const Answer answer = engine.event("hook", "{\n  \"a\": tru\n}");
    expect_problem(answer, 400, "invalid-json");
    const std::string detail = answer.text({"detail"});
    EXPECT_NE(detail.find("at byte 9 (line 2, column 8)"), std::string::npos) << detail;
    EXPECT_EQ(engine.runs_of("hook"), 0u);
}

TEST_F(HooksRefused, TextThatIsNotUtf8IsA400ThatNamesTheByte) {
    const Answer answer = engine(kOpen).event("hook", "abc\xff", {{"Content-Type", "text/plain"}});
    expect_problem(answer, 400, "invalid-text");
    EXPECT_NE(answer.text({"detail"}).find("byte 3"), std::string::npos);
}

TEST_F(HooksRefused, ABodyThatBreaksTheSchemaIs422WithAPointerForEachPlace) {
    Engine& engine = this->engine(
        std::string(kOpen) +
        ", input: { schema: { type: object, required: [type], properties: { n: { type: integer } } } }");
    const Answer answer = engine.event("hook", R"({"n":"one"})");
    expect_problem(answer, 422, "schema");
    const Value* errors = answer.json.find("errors");
    ASSERT_TRUE(errors);
    ASSERT_EQ(errors->size(), 2u) << answer.body;
    std::set<std::string> pointers;
    for (const Value& error : errors->items()) pointers.insert(test::text_at(error, {"pointer"}));
    EXPECT_EQ(pointers, (std::set<std::string>{"/n", "/type"}));
    EXPECT_EQ(engine.runs_of("hook"), 0u);
}

TEST_F(HooksRefused, AFilterOrKeyThatCannotBeEvaluatedIs422) {
    Engine& engine =
        this->engine(std::string(kOpen) + ", filter: trigger.body.n > 1, dedupe: { key: trigger.body.id }");
    expect_problem(engine.event("hook", R"({"id":"E"})"), 422, "filter-failed");
    expect_problem(engine.event("hook", R"({"n":2})"), 422, "key-failed");
    EXPECT_EQ(engine.event("hook", R"({"n":2,"id":"E"})").status, 202);
}

TEST_F(HooksRefused, AMissingOrOtherBearerTokenIs401AndSaysWhichHeader) {
    Engine& engine = this->engine("verify: { preset: bearer, secrets: [\"${{ secrets.TOKEN }}\"] }", {},
                                  {{"TAPPET_SECRET_TOKEN", "t0ken-of-test"}});
    const Answer missing = engine.event("hook", "{}");
    expect_problem(missing, 401, "verification");
    EXPECT_EQ(missing.field("www-authenticate"), "Bearer realm=\"hook\"");
    EXPECT_NE(missing.text({"detail"}).find("Authorization"), std::string::npos);
    const Answer other = engine.event("hook", "{}", {{"Authorization", "Bearer t0ken-of-tesT"}});
    expect_problem(other, 401, "verification");
    EXPECT_EQ(other.body.find("t0ken-of-test"), std::string::npos);
    EXPECT_EQ(engine.event("hook", "{}", {{"Authorization", "Bearer t0ken-of-test"}}).status, 202);
}

TEST_F(HooksRefused, OtherBasicCredentialsAre401) {
    Engine& engine = this->engine("verify: { preset: basic, secrets: [\"${{ secrets.LOGIN }}\"] }", {},
                                  {{"TAPPET_SECRET_LOGIN", "ada:engine"}});
    expect_problem(engine.event("hook", "{}"), 401, "verification");
    const Fields other{{"Authorization", "Basic " + to_base64(std::string("ada:other"))}};
    expect_problem(engine.event("hook", "{}", other), 401, "verification");
    const Fields good{{"Authorization", "Basic " + to_base64(std::string("ada:engine"))}};
    EXPECT_EQ(engine.event("hook", "{}", good).status, 202);
}

TEST_F(HooksRefused, ASignatureOverOtherBytesIs401AndEitherOfTwoSecretsFits) {
    Engine& engine = this->engine(
        "verify: { preset: hmac, header: X-Signature, prefix: \"sha256=\", secrets: [\"${{ secrets.NEW }}\", "
        "\"${{ secrets.OLD }}\"] }",
        {}, {{"TAPPET_SECRET_NEW", "n3w"}, {"TAPPET_SECRET_OLD", "0ld"}});
    const std::string body = R"({"a": 1})";
    const auto signed_with = [&](const std::string& secret, const std::string& bytes) {
        return Fields{{"X-Signature", "sha256=" + to_hex(vault::hmac(vault::Hash::sha256, secret, bytes))}};
    };
    EXPECT_EQ(engine.event("hook", body, signed_with("n3w", body)).status, 202);
    EXPECT_EQ(engine.event("hook", body, signed_with("0ld", body)).status, 202);
    expect_problem(engine.event("hook", body), 401, "verification");
    expect_problem(engine.event("hook", body, signed_with("n3w", R"({"a":1})")), 401, "verification");
    expect_problem(engine.event("hook", body, signed_with("none", body)), 401, "verification");
}

TEST_F(HooksRefused, AHookWhoseSecretIsNotSetRefusesEverything) {
    Engine& engine = this->engine("verify: { preset: bearer, secrets: [\"${{ secrets.TOKEN }}\"] }");
    expect_problem(engine.event("hook", "{}", {{"Authorization", "Bearer x"}}), 401, "verification");
}

TEST_F(HooksRefused, AnUnknownAddressIs404AndAnotherMethodIs405WithAllow) {
    Engine& engine = this->engine(kOpen);
    expect_problem(engine.event("other", "{}"), 404, "no-such-hook");
    expect_problem(engine.post("/hooks/elsewhere/hook/received", "{}"), 404, "no-such-hook");
    const Answer answer = engine.get("/hooks/default/hook/received");
    expect_problem(answer, 405, "method-not-allowed");
    EXPECT_EQ(answer.field("allow"), "POST");
}

TEST_F(HooksRefused, OtherPartsAndCodingsThanAreKnownAre415) {
    Engine& engine = this->engine(kOpen);
    expect_problem(engine.event("hook", "--b--", {{"Content-Type", "multipart/mixed; boundary=b"}}), 415,
                   "unsupported-media-type");
    expect_problem(engine.event("hook", "x", {{"Content-Encoding", "br"}}), 415, "unsupported-encoding");
    expect_problem(engine.event("hook", "x", {{"Content-Encoding", "gzip"}}), 400, "invalid-encoding");
}

TEST_F(HooksRefused, MoreEventsThanTheLimitAre413) {
    Engine& engine =
        this->engine("verify: { preset: none }, split: true", {}, {{"TAPPET_LIMITS_EVENTS", "2"}});
    EXPECT_EQ(engine.event("hook", "[1,2]").status, 202);
    expect_problem(engine.event("hook", "[1,2,3]"), 413, "too-many-events");
}

TEST_F(HooksRefused, ABodyOverTheLimitIs413) {
    Engine& engine = this->engine(kOpen, {}, {{"TAPPET_LIMITS_BODY", "100"}});
    const std::string body = "\"" + std::string(98, 'x') + "\"";
    EXPECT_EQ(engine.event("hook", body).status, 202);
    expect_problem(engine.event("hook", body + " "), 413, "too-large");
    const Ended kept = engine.cli({"hooks", "requests", "hook", "-o", "json"});
    EXPECT_EQ(kept.text({"requests", "0", "status"}), "413") << kept.out << kept.err;
    EXPECT_EQ(kept.text({"requests", "0", "body", "size"}), "101") << "as the sender said";
    EXPECT_EQ(kept.text({"requests", "0", "body", "complete"}), "false");
    EXPECT_EQ(kept.text({"requests", "0", "detail"}), "the body is longer than 100 bytes");
}

TEST_F(HooksRefused, BodiesOverTheLimitOfAllTogetherAre429) {
    Engine& engine =
        this->engine(kOpen, {}, {{"TAPPET_LIMITS_BODY", "100"}, {"TAPPET_LIMITS_BODIES", "100"}});
    test::RawClient slow(engine.address());
    slow.send("POST /hooks/default/hook/received HTTP/1.1\r\nHost: localhost\r\nContent-Length: 61\r\n\r\n" +
              std::string(60, ' '));
    engine.await([&] {
        return engine.get("/metrics").body.find("tappet_http_bodies_bytes 60\n") != std::string::npos;
    });
    const Answer answer = engine.event("hook", std::string(59, ' ') + "1");
    expect_problem(answer, 429, "overloaded");
    EXPECT_EQ(answer.field("retry-after"), "1");
    slow.send("1");
    EXPECT_EQ(test::parse_answer(slow.read_answer()).status, 202);
    EXPECT_EQ(engine.event("hook", std::string(59, ' ') + "1").status, 202);
}

TEST_F(HooksRefused, ConnectionsOverTheLimitAre429) {
    Engine& engine = this->engine(kOpen, {}, {{"TAPPET_LIMITS_CONNECTIONS", "1"}});
    test::RawClient kept(engine.address());
    kept.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(test::parse_answer(kept.read_answer()).status, 200);
    const Answer answer = engine.event("hook", "{}");
    expect_problem(answer, 429, "overloaded");
    EXPECT_EQ(answer.field("retry-after"), "1");
    EXPECT_EQ(answer.field("connection"), "close");
    kept.close();
    engine.await([&] { return engine.event("hook", "{}").status == 202; });
}

TEST_F(HooksRefused, HeadersOverTheLimitAre431) {
    Engine& engine = this->engine(kOpen);
    expect_problem(engine.event("hook", "{}", {{"X-Long", std::string(17 * 1024, 'x')}}), 431,
                   "headers-too-large");
}

TEST_F(HooksRefused, AmbiguousFramingIs400AndTheEngineLivesOn) {
    Engine& engine = this->engine(kOpen);
    test::RawClient client(engine.address());
    client.send(
        "POST /hooks/default/hook/received HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\n{}");
    expect_problem(test::parse_answer(client.read_all()), 400, "bad-request");
    EXPECT_EQ(engine.event("hook", "{}").status, 202);
}

TEST_F(HooksRefused, EventsOverTheRateAre429WithRetryAfter) {
    Engine& engine =
        this->engine(kOpen, {"--config", place_.file("tappet.yaml", "limits: { rate: 0.001 }\n")});
    Answer answer;
    engine.await([&] { return (answer = engine.event("hook", "{}")).status != 202; });
    expect_problem(answer, 429, "rate-limit");
    EXPECT_EQ(answer.field("retry-after"), "1");
}

TEST_F(HooksRefused, AnEventThatNoRowHoldsIs413AndTheNextIsTaken) {
    Engine& engine =
        this->engine(kOpen, {"--config", place_.file("tappet.yaml", "limits: { row: 1048576 }\n")});
    expect_problem(engine.event("hook", "\"" + std::string(900'000, 'x') + "\""), 413, "event-too-large");
    EXPECT_EQ(engine.event("hook", "{}").status, 202);
}

TEST_F(HooksRefused, EventsOverTheBytesOfTheQueueAre429) {
    place_.flow("stuck", kStuck);
    Engine& engine = this->engine(kOpen, {}, {{"TAPPET_LIMITS_QUEUEBYTES", "1048576"}});
    const std::string body = "\"" + std::string(150'000, 'x') + "\"";  // more than an eighth
    for (int i = 0; i < 8; ++i) EXPECT_EQ(engine.event("stuck", body).status, 202);
    expect_problem(engine.event("stuck", "{}"), 429, "queue-full");
    EXPECT_EQ(engine.runs_of("stuck"), 8u);
}

TEST_F(HooksRefused, EventsOverTheQueueAre429AndAcceptedWorkIsKept) {
    place_.flow("stuck", kStuck);
    Engine& engine = this->engine(kOpen, {}, {{"TAPPET_LIMITS_QUEUE", "2"}});
    EXPECT_EQ(engine.event("stuck", "{}").status, 202);
    EXPECT_EQ(engine.event("stuck", "{}").status, 202);
    const Answer answer = engine.event("stuck", "{}");
    expect_problem(answer, 429, "queue-full");
    EXPECT_EQ(answer.field("retry-after"), "1");
    EXPECT_EQ(engine.runs_of("stuck"), 2u);
}

}  // namespace
}  // namespace tappet::e2e
