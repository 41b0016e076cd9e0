// What the server refuses, and what it does when peers, the handler or time run out.
#include <random>

#include "server_fixture.hpp"

namespace tappet::http {
namespace {

using ServerLimits = ServerFixture;
using ServerLifecycle = ServerFixture;
using std::chrono::milliseconds;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr milliseconds kSoon{20};

TEST_F(ServerLimits, RefusesAmbiguousFramingAndCloses) {
    start();
    for (const char* bytes :
         {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
          "GET / HTTP/1.1\r\n\r\n"}) {
        const std::string answer = exchange(bytes + kGet);
        EXPECT_EQ(status_of(answer), 400) << bytes;
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << bytes;
        EXPECT_NE(answer.find("application/problem+json"), std::string::npos) << bytes;
        EXPECT_EQ(body_of(answer).find("HTTP/1.1"), std::string::npos) << "nothing behind it is answered";
    }
    EXPECT_EQ(on_loop([this] { return server->stats().requests_total; }), 0u);
}

TEST_F(ServerLimits, RefusesInItsTurn) {
    hold_requests();
    start();
    auto peer = client();
    peer.send(kGet + "nonsense\r\n");
    wait_held(1);
    answer_held(0, "first");
    EXPECT_EQ(body_of(peer.read_answer()), "first");
    EXPECT_EQ(status_of(peer.read_all()), 400);
}

TEST_F(ServerLimits, RefusesAHeadOverTheLimit) {
    options.max_header_bytes = 512;
    start();
    EXPECT_EQ(status_of(exchange("GET /" + std::string(5000, 'x'))), 431);
}

TEST_F(ServerLimits, RefusesALongBodyBeforeItIsSent) {
    start();
    EXPECT_EQ(status_of(exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n")), 413);
    EXPECT_EQ(status_of(exchange("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n")),
              413);
}

TEST_F(ServerLimits, DeliversARefusalAlthoughTheBodyIsOnItsWay) {
    start();
    for (int i = 0; i < 20; ++i) {
        auto peer = client();
        peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + std::string(500'000, 'x'));
        EXPECT_EQ(status_of(peer.read_answer()), 413);
    }
}

TEST_F(ServerLimits, DeliversARefusalToAPeerThatSendsItsWholeBodyFirst) {
    start();
    const std::string body(30'000'000, 'x');  // more than the kernel's buffers take
    for (const std::string& head :
         {"Content-Length: 30000000\r\n\r\n" + body,
          "Transfer-Encoding: chunked\r\n\r\n1c9c380\r\n" + body + "\r\n0\r\n\r\n"}) {
        auto peer = client();
        EXPECT_TRUE(peer.send("POST / HTTP/1.1\r\nHost: a\r\n" + head));
        EXPECT_EQ(status_of(peer.read_answer()), 413);
        EXPECT_EQ(peer.read_all(), "");
    }
    EXPECT_EQ(on_loop([this] { return server->stats().bodies_bytes; }), 0u);
}

TEST_F(ServerLimits, DiscardsNoMoreThanItsBound) {
    options.max_discarded_bytes = 1'000'000;
    start();
    auto peer = client();
    EXPECT_FALSE(peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000000\r\n\r\n" +
                           std::string(90'000'000, 'x')));
}

TEST_F(ServerLimits, TakesThePlaceOfAPeerThatNeverEndsItsRefusedBody) {
    options.body_timeout = kSoon;
    start();
    auto peer = client();
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000000\r\n\r\n");
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (peer.send("x")) ASSERT_LT(std::chrono::steady_clock::now(), until);
    await("its end", [this] { return server->stats().connections_open == 0; });
}

TEST_F(ServerLimits, AnswersARequestThatEndsEarlyToAPeerThatStillReads) {
    start();
    auto peer = client();
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
    peer.finish();
    EXPECT_EQ(status_of(peer.read_all()), 400);
}

TEST_F(ServerLimits, GivesUpOnASlowHead) {
    options.header_timeout = kSoon;
    start();
    EXPECT_EQ(status_of(exchange("GET / HT")), 408);
    auto peer = client();
    peer.send(kGet);
    EXPECT_EQ(status_of(peer.read_answer()), 200);
    peer.send("G");
    EXPECT_EQ(status_of(peer.read_all()), 408);
}

TEST_F(ServerLimits, GivesUpOnASlowBody) {
    options.body_timeout = kSoon;
    start();
    EXPECT_EQ(status_of(exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc")), 408);
}

TEST_F(ServerLimits, ClosesAnIdleConnectionSilently) {
    options.idle_timeout = kSoon;
    start();
    auto peer = client();
    peer.send(kGet);
    EXPECT_EQ(status_of(peer.read_answer()), 200);
    EXPECT_EQ(peer.read_all(), "");
}

TEST_F(ServerLimits, GivesTheHandlerAllTheTimeItWants) {
    options.idle_timeout = options.header_timeout = options.body_timeout = options.write_timeout =
        milliseconds(1);
    hold_requests();
    start();
    auto slow = client();
    slow.send(kGet);
    wait_held(1);
    // A second connection has seen its own timeout strike: the first had as much time.
    EXPECT_EQ(status_of(exchange("GET /")), 408);
    answer_held(0, "in the end");
    EXPECT_EQ(body_of(slow.read_answer()), "in the end");
}

TEST_F(ServerLimits, ClosesOnAPeerThatTakesNothing) {
    options.write_timeout = kSoon;
    handler.on_request = [&](Request request, Responder respond) {
        if (request.target == "/big") return respond.send(Response{200, {}, std::string(50'000'000, 'x')});
        respond.send(Response{200, {}, std::to_string(server->stats().connections_open)});
    };
    start();
    auto stuck = client();
    stuck.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    auto watcher = client();
    std::string open = "2";
    while (open == "2") {
        watcher.send(kGet);
        open = body_of(watcher.read_answer());
    }
    EXPECT_EQ(open, "1");
    EXPECT_LT(stuck.read_all().size(), 50'000'000u);
}

TEST_F(ServerLimits, TurnsAwayConnectionsOverItsCap) {
    options.max_connections = 2;
    start();
    auto one = client();
    auto two = client();
    one.send(kGet);
    two.send(kGet);
    EXPECT_EQ(status_of(one.read_answer()), 200);
    EXPECT_EQ(status_of(two.read_answer()), 200);
    const std::string answer = exchange(kGet);
    EXPECT_EQ(status_of(answer), 429);
    EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
    EXPECT_EQ(on_loop([this] { return server->stats().connections_refused; }), 1u);
    one.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(one.read_all()), 200);
    one.close();
    int status = 429;
    while (status == 429) status = status_of(exchange("GET /a HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(status, 200) << "there is room again";
}

const std::string kPost60 = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 60\r\n\r\n";

TEST_F(ServerLimits, BoundsTheBodiesOfAllConnectionsTogether) {
    options.max_bodies_bytes = 100;
    start();
    auto first = client();
    first.send(kPost60 + std::string(59, 'x'));
    await("the body's beginning", [this] { return server->stats().bodies_bytes == 59; });
    for (const std::string& over : {kPost60 + std::string(60, 'x'),
                                    "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                    "chunked\r\n\r\n3c\r\n" +
                                        std::string(60, 'x')}) {
        const std::string answer = exchange(over);
        EXPECT_EQ(status_of(answer), 429);
        EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
        EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    }
    EXPECT_EQ(on_loop([this] { return server->stats().bodies_refused; }), 2u);
    first.send("x");
    EXPECT_EQ(status_of(first.read_answer()), 200) << "what was there before is not affected";
    EXPECT_EQ(on_loop([this] { return server->stats().bodies_bytes; }), 0u);
    auto next = client();
    next.send(kPost60 + std::string(60, 'x'));
    EXPECT_EQ(status_of(next.read_answer()), 200) << "there is room again";
}

TEST_F(ServerLimits, CountsABodyUntilItsRequestIsAnswered) {
    options.max_bodies_bytes = 100;
    hold_requests();
    start();
    auto first = client();
    first.send(kPost60 + std::string(60, 'x'));
    wait_held(1);
    EXPECT_EQ(status_of(exchange(kPost60 + std::string(60, 'x'))), 429);
    answer_held(0, "ok");
    auto second = client();
    second.send(kPost60 + std::string(60, 'x'));
    wait_held(2);
    second.reset();
    await("the connection's end", [this] { return server->stats().connections_open <= 1; });
    EXPECT_EQ(on_loop([this] { return server->stats().bodies_bytes; }), 60u) << "the handler has it still";
    on_loop([this] { held.pop_back(); });
    EXPECT_EQ(on_loop([this] { return server->stats().bodies_bytes; }), 0u);
}

TEST_F(ServerLimits, ForgetsTheBodyOfAConnectionThatEnds) {
    start();
    auto peer = client();
    peer.send(kPost60 + "abc");
    await("the body's beginning", [this] { return server->stats().bodies_bytes == 3; });
    peer.reset();
    await("the body to be forgotten", [this] { return server->stats().bodies_bytes == 0; });
}

TEST_F(ServerLimits, TakesNoBodyThatCanNeverFit) {
    options.max_bodies_bytes = 50;
    start();
    EXPECT_EQ(status_of(exchange(kPost60)), 413);
}

TEST_F(ServerLifecycle, AnswersForAHandlerThatThrows) {
    handler.on_request = [](Request, Responder) { throw std::runtime_error("oops"); };
    start();
    EXPECT_EQ(status_of(exchange(kGet)), 500);
    EXPECT_EQ(status_of(exchange("POST /throws-at-head HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")),
              500);
    on_loop([this] { handler.refuse_throws = true; });
    EXPECT_EQ(status_of(exchange("x\r\n")), 400);
}

TEST_F(ServerLifecycle, DropsWhatIsSaidAfterTheHandlerThrew) {
    handler.on_request = [this](Request, Responder respond) {
        held.emplace_back(Request(), std::move(respond));
        throw 1;
    };
    start();
    EXPECT_EQ(status_of(exchange(kGet)), 500);
    on_loop([this] { held[0].second.send(Response{200, {}, "too late"}); });
    on_loop([this] { handler.on_request = nullptr; });
    auto peer = client();
    peer.send(kGet);
    EXPECT_EQ(body_of(peer.read_answer()), "GET /a ");
}

TEST_F(ServerLifecycle, AnswersForAResponderThatIsDropped) {
    hold_requests();
    start();
    auto peer = client();
    peer.send(kGet + kGet);
    wait_held(2);
    on_loop([this] { held.pop_front(); });
    const std::string answer = peer.read_all();
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    on_loop([this] { held.front().second.send(Response{}); });
}

TEST_F(ServerLifecycle, DropsAnswersToPeersThatHaveGone) {
    hold_requests();
    start();
    auto polite = client();
    auto rude = client();
    polite.send("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    wait_held(1);
    rude.send(kGet);
    wait_held(2);
    polite.close();
    rude.reset();
    await("the connection's end", [this] { return server->stats().connections_open <= 1; });
    answer_held(0, "nobody");
    answer_held(1, "nobody");
    auto next = client();
    next.send(kGet);
    wait_held(3);
    answer_held(2, "well");
    EXPECT_EQ(body_of(next.read_answer()), "well");
}

TEST_F(ServerLifecycle, DrainsByAnsweringWhatIsUnderWay) {
    hold_requests();
    start();
    auto idle = client();
    idle.send(kGet);
    wait_held(1);
    answer_held(0, "before");
    EXPECT_EQ(body_of(idle.read_answer()), "before");
    auto busy = client();
    busy.send(kGet + kGet);
    wait_held(3);
    auto half = client();
    half.send("POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(status_of(half.read_answer()), 100);
    std::promise<void> done;
    on_loop([&] { server->drain([&] { done.set_value(); }); });
    EXPECT_EQ(idle.read_all(), "");
    EXPECT_THROW(client(), std::runtime_error) << "nobody is let in";
    answer_held(1, "one");
    answer_held(2, "two");
    EXPECT_EQ(busy.read_answer().find("Connection: close"), std::string::npos);
    EXPECT_NE(busy.read_all().find("Connection: close\r\n"), std::string::npos);
    half.send("ok" + kGet);
    wait_held(4);
    EXPECT_EQ(held[3].first.body, "ok");
    answer_held(3, "half");
    EXPECT_EQ(body_of(half.read_all()), "half");
    busy.close();
    half.close();
    done.get_future().get();
    EXPECT_EQ(on_loop([this] { return server->stats().connections_open; }), 0u);
}

TEST_F(ServerLifecycle, IsDrainedAtOnceWhenNobodyIsConnected) {
    start();
    std::promise<void> done;
    on_loop([&] { server->drain([&] { done.set_value(); }); });
    done.get_future().get();
}

TEST_F(ServerLifecycle, StopsUnderRequestsAndOutlivesTheirResponders) {
    hold_requests();
    start();
    auto peer = client();
    peer.send(kGet);
    wait_held(1);
    on_loop([this] {
        server->stop();
        server.reset();
        held[0].second.send(Response{});
    });
    EXPECT_EQ(peer.read_all(), "");
}

TEST_F(ServerLifecycle, MayBeStoppedFromInsideTheHandler) {
    handler.on_request = [this](Request, Responder respond) {
        server->stop();
        respond.send(Response{});
    };
    start();
    EXPECT_EQ(exchange(kGet + kGet), "");
}

TEST_F(ServerLifecycle, SaysWhyItCannotListen) {
    start();
    ServerOptions same;
    same.listen = address;
    Server second(loop, handler, same);
    const auto started = second.start();
    ASSERT_FALSE(started);
    EXPECT_NE(started.error().message.find(address), std::string::npos);
    EXPECT_NE(started.error().message.find("in use"), std::string::npos);
    for (const char* listen : {"", "8420", "example.com:80", "127.0.0.1:", "127.0.0.1:70000", "::1:80",
                               "[127.0.0.1]:80", "127.0.0.1:8x"}) {
        ServerOptions wrong;
        wrong.listen = listen;
        Server third(loop, handler, wrong);
        const auto result = third.start();
        ASSERT_FALSE(result) << listen;
        EXPECT_EQ(result.error().code, ErrorCode::invalid) << listen;
    }
}

TEST_F(ServerLifecycle, StandsUpToMutatedRequests) {
    options.header_timeout = options.body_timeout = options.idle_timeout = kSoon;
    start();
    const std::vector<std::string> seeds = {
        "POST /hooks/a/b/c?x=1 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: "
        "9\r\n\r\n{\"a\": 1}\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nT: "
        "1\r\n\r\n",
        "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nHEAD /b HTTP/1.1\r\nHost: b\r\nExpect: "
        "100-continue\r\n\r\n"};
    const std::string salt("\r\n\t :;,\0\x7f\xff/0129afHTP*#", 23);
    std::mt19937 random(20260101);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random()) % n; };
    for (int i = 1; i <= 20'000; ++i) {
        std::string bytes = seeds[below(seeds.size())];
        for (std::size_t edits = 1 + below(4); edits > 0 && !bytes.empty(); --edits) {
            const std::size_t at = below(bytes.size());
            const std::size_t length = 1 + below(12);
            switch (below(5)) {
                case 0:
                    bytes.erase(at, length);
                    break;
                case 1:
                    bytes.insert(at, 1, salt[below(salt.size())]);
                    break;
                case 2:
                    bytes[at] = static_cast<char>(below(256));
                    break;
                case 3:
                    bytes.insert(at, bytes.substr(below(bytes.size()), length));
                    break;
                default:
                    bytes.resize(at);
                    break;
            }
        }
        auto peer = client();
        peer.send(bytes);
        if (below(4) == 0) {
            peer.reset();
        } else {
            peer.finish();
            const std::string answer = peer.read_all();
            ASSERT_TRUE(answer.empty() || answer.substr(0, 9) == "HTTP/1.1 ") << answer;
        }
        if (i % 100 != 0) continue;
        auto good = client();
        good.send(kGet);
        ASSERT_EQ(body_of(good.read_answer()), "GET /a ") << i;
    }
}

}  // namespace
}  // namespace tappet::http
