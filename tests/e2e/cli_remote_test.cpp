// The commands that ask a server, where the server is none of ours or is not there.
#include "place.hpp"
#include "support/closed_port.hpp"
#include "support/held_service.hpp"

namespace tappet::e2e {
namespace {

const std::vector<Words> kAsking{{"runs", "list"},
                                 {"runs", "show", "1"},
                                 {"runs", "logs", "1"},
                                 {"runs", "tail", "1"},
                                 {"runs", "cancel", "1"},
                                 {"runs", "rerun", "1"},
                                 {"flows", "list"},
                                 {"flows", "show", "x"},
                                 {"trigger", "x"},
                                 {"var", "set", "A", "1"},
                                 {"var", "list"},
                                 {"schedule", "list"},
                                 {"schedule", "pause", "x"},
                                 {"schedule", "resume", "x"},
                                 {"poll", "list"},
                                 {"poll", "pause", "x"},
                                 {"hooks", "list"},
                                 {"hooks", "requests"},
                                 {"hooks", "requests", "show", "1"}};

/// Runs a command against a service that gives this answer to everything.
Ended ask(Words words, const std::string& type, const std::string& body) {
    Place place;
    test::HeldService service(test::HeldService::answer(type, body));
    service.release();
    words.insert(words.end(), {"--server", service.url()});
    return place.run(words);
}

TEST(CliRemote, EndsWith8WhereNoServerAnswersAndNamesTheAddressOnce) {
    Place place;
    test::ClosedPort closed;
    for (const Words& words : kAsking) {
        Words whole = words;
        whole.insert(whole.end(), {"--server", closed.url(), "-o", "json"});
        const Ended ended = place.run(whole);
        EXPECT_EQ(ended.code, 8) << words.front();
        EXPECT_EQ(ended.text({"error", "exit"}), "8");
        EXPECT_EQ(ended.text({"error", "message"}),
                  closed.url() + ": cannot connect: Connection refused; is `tappet serve` running there?");
    }
}

TEST(CliRemote, EndsWith2WhereTheServerIsNoAddress) {
    Place place;
    for (const char* server : {"ftp://127.0.0.1", "127.0.0.1:8420", "http://"}) {
        const Ended ended = place.run({"runs", "list", "--server", server});
        EXPECT_EQ(ended.code, 2) << server;
        EXPECT_NE(ended.err.find("--server (TAPPET_SERVER): "), std::string::npos) << ended.err;
    }
}

TEST(CliRemote, RefusesAnAnswerThatIsNotTheEngines) {
    for (const std::string& body :
         {std::string("<html>Welcome to nginx!</html>"), std::string("{}"), std::string("[]"),
          std::string(R"({"data":1})"), std::string(R"({"data":[1]})"), std::string(R"({"data":{"id":1}})"),
          std::string(R"({"data":[{"id":"1","attributes":[]}]})")}) {
        for (const Words& words : kAsking) {
            const Ended ended = ask(words, "text/html", body);
            EXPECT_EQ(ended.code, 1) << words[0] << body << ended.out << ended.err;
            EXPECT_NE(ended.err.find("answers 200 with text/html"), std::string::npos) << ended.err;
            EXPECT_NE(ended.err.find("--server"), std::string::npos) << ended.err;
        }
    }
    EXPECT_EQ(ask({"var", "set", "A", "--unset"}, "application/json", "{}").code, 1);
}

TEST(CliRemote, TakesMembersOfAnotherKindAsAbsent) {
    const std::string odd = R"({"id":"1","attributes":{"triggers":7,"missingConfig":[1],"value":[],
        "status":"failed","error":"x","labels":[1],"steps":{}}})";
    const std::string one = R"({"data":)" + odd + R"(,"included":[1,{"attributes":[]}]})";
    const std::string many = R"({"data":[)" + odd + R"(],"meta":{"next":3}})";
    for (const Words& words :
         {Words{"runs", "list"}, Words{"runs", "logs", "1"}, Words{"flows", "list"}, Words{"var", "list"}})
        EXPECT_EQ(ask(words, "application/json", many).code, 0) << words[0] << words[1];
    for (const Words& words :
         {Words{"runs", "show", "1"}, Words{"runs", "cancel", "1"}, Words{"flows", "show", "x"}})
        EXPECT_EQ(ask(words, "application/json", one).code, 0) << words[0] << words[1];
    EXPECT_EQ(ask({"runs", "tail", "1"}, "application/json", one).code, 1);
    EXPECT_EQ(ask({"trigger", "x"}, "application/json", one).code, 2);
    EXPECT_EQ(ask({"trigger", "x"}, "application/json",
                  R"({"data":{"id":"x","attributes":{"triggers":[{"id":"a","url":"nowhere"}]}}})")
                  .code,
              1);
}

TEST(CliRemote, ShowsARunOfManyMebibytes) {
    const std::string body = R"({"data":{"id":"1","attributes":{"status":"succeeded","outputs":")" +
                             std::string(11 << 20, 'x') + R"("}}})";
    const Ended ended = ask({"runs", "show", "1", "-o", "json"}, "application/json", body);
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.text({"run", "outputs"}).size(), std::size_t{11} << 20);
}

TEST(CliRemote, SaysWhatHappenedWhereAServerIsThereButItsAnswerIsNone) {
    Place place;
    test::HeldService service("220 mail ESMTP\r\n");
    service.release();
    const Ended ended = place.run({"runs", "list", "--server", service.url()});
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_EQ(ended.err.find("is `tappet serve` running"), std::string::npos) << ended.err;
    EXPECT_NE(ended.err.find(service.url()), std::string::npos) << ended.err;
}

/// Text of a sender that clears the screen, colours what follows and sets the title, also by C1.
constexpr const char* kSteering = R"(\u001b[2J\u001b]0;mine\u0007\u009b31m\u007f)";

TEST(CliRemote, DataDoesNotSteerTheTerminal) {
    const std::string text = kSteering;
    const std::string resource =
        R"({"id":")" + text + R"(","attributes":{"status":")" + text + R"(","flow":")" + text +
        R"(","level":")" + text + R"(","step":")" + text + R"(","message":")" + text + R"(","title":")" +
        text + R"(","source":")" + text + R"(","value":")" + text + R"(","path":")" + text +
        R"(","outputs":")" + text + R"(","labels":{")" + text + R"(":")" + text + R"("},"error":{"step":")" +
        text + R"(","class":")" + text + R"(","message":")" + text + R"("},"triggers":[{"id":")" + text +
        R"("}],"missingConfig":[")" + text + R"("]}})";
    const std::string one = R"({"data":)" + resource + R"(,"included":[)" + resource + "]}";
    const std::string many = R"({"data":[)" + resource + R"(],"meta":{"next":")" + text + R"("}})";
    const auto harmless = [](const std::string& shown) {
        return shown.find_first_of("\x1b\x07\x7f") == std::string::npos &&
               shown.find("\xC2\x9B") == std::string::npos;
    };
    for (const Words& words :
         {Words{"runs", "list"}, Words{"runs", "logs", "1"}, Words{"flows", "list"}, Words{"var", "list"}}) {
        Words json = words;
        json.insert(json.end(), {"-o", "json"});
        for (const Words& form : {words, json}) {
            const Ended ended = ask(form, "application/json", many);
            EXPECT_EQ(ended.code, 0) << ended.err;
            EXPECT_TRUE(harmless(ended.out + ended.err)) << words[0] << " " << words[1] << "\n" << ended.out;
        }
    }
    for (const Words& words : {Words{"runs", "show", "1"}, Words{"runs", "cancel", "1"},
                               Words{"flows", "show", "x"}, Words{"trigger", "x"}}) {
        const Ended ended = ask(words, "application/json", one);
        EXPECT_EQ(ended.code, 0) << ended.err;
        EXPECT_TRUE(harmless(ended.out + ended.err)) << words[0] << " " << words[1] << "\n" << ended.out;
    }
}

}  // namespace
}  // namespace tappet::e2e
