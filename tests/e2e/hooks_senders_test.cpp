// The senders of examples/senders against the real engine, each where its language is installed.
#include <algorithm>
#include <filesystem>
#include <map>
#include <sstream>

#include "base/encoding.hpp"
#include "place.hpp"
#include "support/held_service.hpp"
#include "vault/digest.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKey = "a key of some thirty-two bytes!!";
const std::string kSecret = "whsec_" + to_base64(kKey);
const std::string kSenders = std::string(TAPPET_SOURCE_DIR) + "/examples/senders/";

/// The program as a shell would find it; empty where it is not installed.
std::string find_program(const std::string& name) {
    std::istringstream folders(std::getenv("PATH"));
    for (std::string folder; std::getline(folders, folder, ':');)
        if (fs::exists(fs::path(folder) / name)) return fs::path(folder) / name;
    return {};
}

struct Sender {
    std::string name;
    std::string language;  ///< the program that must be there
    Words words;           ///< that begin the command; of `go` what is built
};

std::ostream& operator<<(std::ostream& out, const Sender& sender) { return out << sender.name; }

class HooksSenders : public ::testing::TestWithParam<Sender> {
protected:
    void SetUp() override {
        const std::string language = find_program(GetParam().language);
        if (language.empty()) GTEST_SKIP() << GetParam().language << " is not installed";
        words_ = GetParam().words;
        if (GetParam().name == "go") {
            const Started built = start({language, "build", "-o", place_ / "send", words_.front()}, {});
            ASSERT_EQ(wait(built), 0) << built->errors();
            words_ = {place_ / "send"};
        } else if (GetParam().name != "cpp") {
            words_.insert(words_.begin(), language);
        }
    }

    using Started = std::shared_ptr<test::Process>;
    Started start(const Words& words, const Variables& variables) {
        const std::string number = std::to_string(++count_);
        test::Process::Start start;
        start.words = words;
        start.variables = variables;
        start.variables.emplace_back("GOCACHE", place_ / "go");
        start.out = place_ / ("sent-" + number);
        start.err = place_ / ("said-" + number);
        return std::make_shared<test::Process>(start);
    }
    static int wait(const Started& process) { return process->wait(); }
    /// Sends a body to the address under this id; an empty one: the sender's own.
    Started send(const std::string& url, const std::string& body, const std::string& id,
                 const std::string& secret = kSecret) {
        Words words = words_;
        words.push_back(url);
        words.push_back(place_.file("event-" + std::to_string(count_) + ".json", body));
        if (!id.empty()) words.push_back(id);
        return start(words, {{"WEBHOOK_SECRET", secret}});
    }
    static std::string line_of(const Started& process) {
        std::string out = process->output();
        while (out.ends_with('\n')) out.pop_back();
        return out;
    }

    Place place_;
    Words words_;
    int count_ = 0;
};

/// The fields of a request, names in lower case.
std::map<std::string, std::string> fields_of(const std::string& request) {
    std::map<std::string, std::string> out;
    std::istringstream lines(request.substr(0, request.find("\r\n\r\n")));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) continue;
        std::string name = line.substr(0, colon);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        out[name] = line.substr(colon + 2, line.find('\r') - colon - 2);
    }
    return out;
}

std::string answer(const std::string& status, const std::string& fields, const std::string& body) {
    return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

TEST_P(HooksSenders, ComeAgainAfterA429AndFindTheirRunWhenTheySendTwice) {
    test::HeldService service;
    place_.flow(
        "orders",
        "triggers: [ { id: received, uses: core/webhook, verify: { preset: standard-webhooks, secrets: "
        "[ \"${{ secrets.SHOP }}\" ] } } ]\n"
        "concurrency: { limit: 1, onLimit: reject }\n"
        "steps: [ { id: tell, uses: core/http, with: { method: POST, url: \"" +
            service.url() + "\" } } ]\n");
    Engine engine(place_, {"--allow-http", "127.0.0.0/8"}, {{"TAPPET_SECRET_SHOP", kSecret}});
    const std::string url = engine.url() + "/hooks/default/orders/received";

    const Started first = send(url, R"({"order": 1, "name": "Zoë"})", "order-1");
    ASSERT_EQ(wait(first), 0) << first->errors();
    engine.await([&] { return service.requests().size() == 1; });

    const Started second = send(url, R"({"order": 2})", "");
    engine.await([&] { return second->errors().find("again in") != std::string::npos; });
    EXPECT_NE(second->errors().find("429: as many runs"), std::string::npos) << second->errors();
    service.release();
    ASSERT_EQ(wait(second), 0) << second->errors();
    EXPECT_NE(line_of(first), line_of(second));

    for (const auto& [process, body, id] : {std::tuple{first, R"({"order": 1, "name": "Zoë"})", "order-1"},
                                            std::tuple{second, R"({"order": 2})", ""}}) {
        EXPECT_EQ(engine.ended_run(line_of(process)).text({"data", "attributes", "status"}), "succeeded");
        const Started again = send(url, body, id);
        EXPECT_EQ(wait(again), 0) << again->errors();
        EXPECT_EQ(line_of(again), line_of(process));
        EXPECT_NE(again->errors().find("there before"), std::string::npos) << again->errors();
    }
    EXPECT_EQ(engine.runs_of("orders"), 2u);

    const Started wrong = send(url, R"({"order": 3})", "", "whsec_" + to_base64("another"));
    EXPECT_EQ(wait(wrong), 1);
    EXPECT_NE(wrong->errors().find("refused with 401: the header webhook-signature"), std::string::npos)
        << wrong->errors();
    EXPECT_EQ(line_of(wrong), "");
    EXPECT_EQ(engine.runs_of("orders"), 2u);
}

TEST_P(HooksSenders, SignEachTryAnewUnderTheSameId) {
    int tries = 0;
    test::HeldService service([&](const std::string&) -> std::string {
        switch (tries++) {
            case 0:
                return answer("503 Service Unavailable", "Retry-After: 1\r\n", "{}");
            case 1:
                return {};  // hangs up
            default:
                return answer("202 Accepted", "", R"({"runId":"r-1","status":"queued"})");
        }
    });
    service.release();
    const std::string body = "{\"name\": \"Zoë\", \"lines\": [1,\n 2]}";
    const Started sent = send(service.url() + "/hooks/x?a=1", body, "evt-1");
    ASSERT_EQ(wait(sent), 0) << sent->errors();
    EXPECT_EQ(line_of(sent), "r-1");
    EXPECT_NE(sent->errors().find("503: "), std::string::npos) << sent->errors();
    EXPECT_NE(sent->errors().find("no answer: "), std::string::npos) << sent->errors();
    const auto requests = service.requests();
    ASSERT_EQ(requests.size(), 3u);
    for (const std::string& request : requests) {
        EXPECT_TRUE(request.starts_with("POST /hooks/x?a=1 HTTP/1.1\r\n")) << request;
        EXPECT_TRUE(request.ends_with("\r\n\r\n" + body)) << request;
        auto fields = fields_of(request);
        EXPECT_EQ(fields["webhook-id"], "evt-1");
        EXPECT_EQ(fields["content-type"], "application/json");
        const std::string mac =
            vault::hmac(vault::Hash::sha256, kKey, "evt-1." + fields["webhook-timestamp"] + "." + body);
        EXPECT_EQ(fields["webhook-signature"], "v1," + to_base64(mac));
    }
}

TEST_P(HooksSenders, StopAtWhatTheyCannotMend) {
    std::string next;
    test::HeldService service([&](const std::string&) { return next; });
    service.release();
    const std::pair<std::string, std::string> cases[] = {
        {answer("422 Unprocessable Content", "", R"({"detail":"/total is missing"})"),
         "422: /total is missing"},
        {answer("301 Moved Permanently", "Location: /elsewhere\r\n", "{}"), "301: "},
        {answer("500 Internal Server Error", "Idempotent-Replayed: true\r\n", R"({"detail":"it failed"})"),
         "500: it failed"}};
    for (const auto& [bytes, said] : cases) {
        next = bytes;
        const std::size_t before = service.requests().size();
        const Started sent = send(service.url(), "{}", "evt-1");
        EXPECT_EQ(wait(sent), 1) << said;
        EXPECT_NE(sent->errors().find("refused with " + said), std::string::npos) << sent->errors();
        EXPECT_EQ(service.requests().size(), before + 1) << "one try";
    }
}

TEST_P(HooksSenders, SayWhatIsWrongWithTheirSecret) {
    for (const char* secret : {"", "whsec_***"}) {
        if (GetParam().name == "curl" && !*secret) continue;  // has other ways to sign
        const Started sent = send("http://127.0.0.1:9/", "{}", "", secret);
        EXPECT_EQ(wait(sent), 2);
        EXPECT_NE(sent->errors().find("WEBHOOK_SECRET"), std::string::npos) << sent->errors();
    }
}

INSTANTIATE_TEST_SUITE_P(Senders, HooksSenders,
                         ::testing::Values(Sender{"curl", "bash", {kSenders + "curl.sh"}},
                                           Sender{"javascript", "node", {kSenders + "send.mjs"}},
                                           Sender{"python", "python3", {kSenders + "send.py"}},
                                           Sender{"go", "go", {kSenders + "send.go"}},
                                           Sender{"cpp", "bash", {TAPPET_EXAMPLE_SENDER}}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tappet::e2e
