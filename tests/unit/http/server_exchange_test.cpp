// Requests and answers as they should be, over real sockets.
#include "server_fixture.hpp"

namespace tappet::http {
namespace {

using ServerExchange = ServerFixture;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(ServerExchange, AnswersRequestsOnOneConnectionOneAfterTheOther) {
    start();
    auto peer = client();
    peer.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_EQ(body_of(peer.read_answer()), "POST /x hello");
    peer.send(kGet);
    EXPECT_EQ(body_of(peer.read_answer()), "GET /a ");
    const ServerStats stats = on_loop([this] { return server->stats(); });
    EXPECT_EQ(stats.connections_open, 1u);
    EXPECT_EQ(stats.connections_total, 1u);
    EXPECT_EQ(stats.requests_total, 2u);
}

TEST_F(ServerExchange, TellsTheHandlerWhoAsks) {
    handler.on_request = [](Request request, Responder respond) {
        respond.send(Response{200, {}, request.remote});
    };
    start();
    auto peer = client();
    peer.send(kGet);
    EXPECT_EQ(body_of(peer.read_answer()), "127.0.0.1");
}

TEST_F(ServerExchange, TakesARequestByteByByte) {
    start();
    auto peer = client();
    for (char c : std::string("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                              "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n")) {
        peer.send({&c, 1});
    }
    EXPECT_EQ(body_of(peer.read_answer()), "POST /x abcde");
    peer.send(kGet);
    EXPECT_EQ(status_of(peer.read_answer()), 200);
}

TEST_F(ServerExchange, AnswersAPipelineInOrderHoweverTheHandlerAnswers) {
    hold_requests();
    start();
    auto peer = client();
    std::string bytes;
    for (int i = 0; i < 4; ++i) bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    peer.send(bytes);
    wait_held(4);
    for (std::size_t i : {2u, 3u, 1u, 0u}) answer_held(i, held[i].first.target);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(body_of(peer.read_answer()), "/" + std::to_string(i));
}

TEST_F(ServerExchange, ReadsNoFurtherAheadThanItsOptionsSay) {
    hold_requests();
    options.max_pipelined = 2;
    start();
    auto peer = client();
    std::string bytes;
    for (int i = 0; i < 5; ++i)
        bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
    peer.send(bytes);
    for (std::size_t i = 0; i < 5; ++i) {
        wait_held(std::min<std::size_t>(i + 2, 5));
        EXPECT_EQ(on_loop([this] { return held.size(); }), std::min<std::size_t>(i + 2, 5));
        answer_held(i, held[i].first.target);
        EXPECT_EQ(body_of(peer.read_answer()), "/" + std::to_string(i));
    }
}

TEST_F(ServerExchange, TakesManyMorePipelinedRequestsThanOneReadBrings) {
    start();
    auto peer = client();
    constexpr int kCount = 5000;
    std::string bytes;
    for (int i = 0; i < kCount; ++i) bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    std::thread sender([&] { peer.send(bytes); });
    int right = 0;
    for (int i = 0; i < kCount; ++i)
        right += body_of(peer.read_answer()) == "GET /" + std::to_string(i) + " ";
    sender.join();
    EXPECT_EQ(right, kCount);
}

TEST_F(ServerExchange, AnswersHeadWithoutABodyAndGoesOn) {
    start();
    auto peer = client();
    peer.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" + kGet);
    const std::string head = peer.read_answer(true);
    EXPECT_NE(head.find("Content-Length: 8\r\n"), std::string::npos);
    EXPECT_EQ(body_of(head), "");
    EXPECT_EQ(body_of(peer.read_answer()), "GET /a ");
}

TEST_F(ServerExchange, ClosesAfterHttp10UnlessAskedToKeepTheConnection) {
    start();
    EXPECT_EQ(body_of(exchange("GET /a HTTP/1.0\r\n\r\n")), "GET /a ");
    auto peer = client();
    peer.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(peer.read_answer().find("Connection: keep-alive\r\n"), std::string::npos);
    peer.send("GET /b HTTP/1.0\r\n\r\n");
    EXPECT_EQ(body_of(peer.read_all()), "GET /b ");
}

TEST_F(ServerExchange, ClosesWhenTheClientOrTheHandlerAsksForIt) {
    start();
    const std::string answer = exchange("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + kGet);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_EQ(body_of(answer), "GET /a ");
    on_loop([this] {
        handler.on_request = [](Request, Responder respond) {
            respond.send(Response{200, {{"Connection", "close"}}, "bye"});
        };
    });
    EXPECT_EQ(body_of(exchange(kGet + kGet)), "bye");
}

TEST_F(ServerExchange, SaysContinueOnlyOnceTheBodyIsWelcome) {
    start();
    auto peer = client();
    peer.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(peer.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("ok");
    EXPECT_EQ(body_of(peer.read_answer()), "POST /x ok");
    peer.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nok");
    EXPECT_EQ(body_of(peer.read_answer()), "POST /x ok") << "the body is there: nothing to wait for";
    peer.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(status_of(peer.read_all()), 413);
}

TEST_F(ServerExchange, SaysContinueBehindTheAnswersThatAreOwedBefore) {
    hold_requests();
    start();
    auto peer = client();
    peer.send(kGet + "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    wait_held(1);
    answer_held(0, "first");
    EXPECT_EQ(body_of(peer.read_answer()), "first");
    EXPECT_EQ(peer.read_answer(), "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("ok");
    wait_held(2);
    EXPECT_EQ(held[1].first.body, "ok");
}

TEST_F(ServerExchange, SendsAnAnswerFarLargerThanTheSocketTakesAtOnce) {
    handler.on_request = [](Request, Responder respond) {
        respond.send(Response{200, {}, std::string(20'000'000, 'x')});
    };
    start();
    auto peer = client();
    peer.send(kGet + kGet);
    EXPECT_EQ(body_of(peer.read_answer()).size(), 20'000'000u);
    EXPECT_EQ(body_of(peer.read_answer()).size(), 20'000'000u);
}

TEST_F(ServerExchange, TakesALargeBody) {
    handler.limit = 30'000'000;
    handler.on_request = [](Request request, Responder respond) {
        respond.send(Response{200, {}, std::to_string(request.body.size())});
    };
    start();
    auto peer = client();
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n" +
              std::string(20'000'000, 'x'));
    EXPECT_EQ(body_of(peer.read_answer()), "20000000");
}

TEST_F(ServerExchange, StillAnswersAPeerThatHasFinishedSending) {
    hold_requests();
    start();
    auto peer = client();
    peer.send(kGet);
    peer.finish();
    wait_held(1);
    answer_held(0, "late");
    EXPECT_EQ(body_of(peer.read_all()), "late");
}

}  // namespace
}  // namespace tappet::http
