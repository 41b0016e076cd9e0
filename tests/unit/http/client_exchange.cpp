#include <gmock/gmock.h>

#include <boost/asio/post.hpp>

#include "support/fetch.hpp"
#include "support/scripted_peer.hpp"

using namespace tappet::http;
using namespace tappet::test;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = Failure::Kind;
using Then = Reply::Then;

namespace {

struct ClientExchange : testing::Test {
    boost::asio::io_context loop;
    ClientOptions options = loopback_options();
    std::unique_ptr<ScriptedPeer> peer;
    std::unique_ptr<Client> client;

    void serve(ScriptedPeer::Script script) {
        peer = std::make_unique<ScriptedPeer>(loop, std::move(script));
    }
    Fetched fetch(ClientRequest request) {
        if (!client) client = std::make_unique<Client>(loop, options);
        return tappet::test::fetch(loop, *client, std::move(request));
    }
};

TEST_F(ClientExchange, SendsARequestAndBringsItsAnswer) {
    serve([](const auto&, auto) { return answer("hi", "X-A: b\r\n", "201 Created"); });
    auto request = post(peer->url("/x?y=1#z"), "body");
    request.headers.add("X-Mine", "1");
    const auto got = fetch(request);
    ASSERT_TRUE(got.response);
    EXPECT_EQ(got.response->status, 201);
    EXPECT_EQ(got.response->body, "hi");
    EXPECT_EQ(got.response->headers.get("x-a"), "b");
    EXPECT_EQ(got.response->url, peer->url("/x?y=1"));
    EXPECT_THAT(peer->requests()[0], StartsWith("POST /x?y=1 HTTP/1.1\r\nhost: " + peer->address() + "\r\n"));
    EXPECT_THAT(peer->requests()[0], HasSubstr("X-Mine: 1\r\n"));
    EXPECT_THAT(peer->requests()[0], EndsWith("\r\n\r\nbody"));
}

TEST_F(ClientExchange, UsesAConnectionAgain) {
    serve([](const auto&, auto) { return answer("x"); });
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(fetch(get(peer->url("/"))).response);
    EXPECT_EQ(peer->connections(), 1u);
}

TEST_F(ClientExchange, DoesNotUseAConnectionAgainThatThePeerWillClose) {
    serve([](const auto&, auto) { return answer("x", "connection: close\r\n"); });
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(fetch(get(peer->url("/"))).response);
    EXPECT_EQ(peer->connections(), 3u);
}

TEST_F(ClientExchange, DoesNotUseAConnectionAgainOnWhichMoreCameThanTheAnswer) {
    serve([](const auto&, auto) { return answer("x") + answer("smuggled"); });
    for (int i = 0; i < 2; ++i) EXPECT_EQ(fetch(get(peer->url("/"))).response.value().body, "x");
    EXPECT_EQ(peer->connections(), 2u);
}

TEST_F(ClientExchange, NoticesThatAnIdleConnectionWasClosed) {
    serve([](const auto&, auto place) {
        return Reply(answer("x"), place.connection == 0 ? Then::close : Then::keep);
    });
    EXPECT_TRUE(fetch(get(peer->url("/"))).response);
    run_until(loop, [&] { return loop.poll_one() == 0; });  // the farewell arrives
    EXPECT_TRUE(fetch(post(peer->url("/"), "x")).response);
    EXPECT_EQ(peer->connections(), 2u);
}

TEST_F(ClientExchange, SendsAnIdempotentRequestOnceMoreWhenAKeptConnectionTurnsOutDead) {
    serve([](const auto&, auto place) {
        return place.request == 0 ? Reply(answer("x")) : Reply("", Then::close);
    });
    EXPECT_TRUE(fetch(get(peer->url("/1"))).response);
    EXPECT_TRUE(fetch(get(peer->url("/2"))).response);
    EXPECT_EQ(peer->requests().size(), 3u);
    EXPECT_EQ(peer->connections(), 2u);
}

TEST_F(ClientExchange, SendsOnceMoreAfterAResetToo) {
    serve([](const auto&, auto place) {
        return place.request == 0 ? Reply(answer("x")) : Reply("", Then::reset);
    });
    EXPECT_TRUE(fetch(get(peer->url("/1"))).response);
    auto keyed = post(peer->url("/2"), "body");
    keyed.headers.add("Idempotency-Key", "k");
    EXPECT_TRUE(fetch(keyed).response);
    EXPECT_THAT(peer->requests()[2], EndsWith("body"));
}

TEST_F(ClientExchange, NeverSendsAPostTwiceOnItsOwn) {
    serve([](const auto&, auto place) {
        return place.request == 0 ? Reply(answer("x")) : Reply("", Then::close);
    });
    EXPECT_TRUE(fetch(get(peer->url("/1"))).response);
    const auto got = fetch(post(peer->url("/2"), "x"));
    ASSERT_TRUE(got.failure);
    EXPECT_EQ(got.failure->kind, Kind::protocol);
    EXPECT_TRUE(got.failure->request_may_have_arrived);
    EXPECT_EQ(peer->requests().size(), 2u);
}

TEST_F(ClientExchange, DoesNotSendAgainOnAFreshConnectionNorAfterTheAnswerBegan) {
    serve([](const auto&, auto place) {
        if (place.connection == 0) return Reply("", Then::close);
        return place.request == 0 ? Reply(answer("x")) : Reply("HTTP/1.1 2", Then::close);
    });
    EXPECT_EQ(fetch(get(peer->url("/1"))).failure.value().kind, Kind::protocol);
    EXPECT_EQ(peer->requests().size(), 1u);
    EXPECT_TRUE(fetch(get(peer->url("/2"))).response);
    EXPECT_EQ(fetch(get(peer->url("/3"))).failure.value().kind, Kind::protocol);
    EXPECT_EQ(peer->requests().size(), 3u);
}

TEST_F(ClientExchange, ReadsChunkedAndCloseDelimitedBodiesAndSkipsInformationalAnswers) {
    serve([](const std::string& request, auto) {
        if (request.find("/open") != std::string::npos)
            return Reply("HTTP/1.1 200 OK\r\n\r\nto the end", Then::close);
        return Reply(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: "
            "chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
    });
    EXPECT_EQ(fetch(get(peer->url("/"))).response.value().body, "abc");
    EXPECT_EQ(fetch(get(peer->url("/open"))).response.value().body, "to the end");
}

TEST_F(ClientExchange, BringsALargeBodyWhole) {
    const std::string body(3'000'000, 'z');
    serve([&](const std::string& request, auto) {
        return answer(request.substr(request.find("\r\n\r\n") + 4));
    });
    EXPECT_EQ(fetch(post(peer->url("/"), body)).response.value().body, body);
}

TEST_F(ClientExchange, FailsOnACutAnswerAndOnAnAnswerThatIsNoHttp) {
    serve([](const std::string& request, auto) {
        return request.find("/cut") != std::string::npos
                   ? Reply("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc", Then::close)
                   : Reply("ssh\r\n\r\n");
    });
    const auto cut = fetch(get(peer->url("/cut?secret")));
    EXPECT_EQ(cut.failure.value().kind, Kind::protocol);
    EXPECT_TRUE(cut.failure->request_may_have_arrived);
    EXPECT_THAT(cut.failure->message, HasSubstr(peer->address()));
    EXPECT_THAT(cut.failure->message, Not(HasSubstr("secret")));
    EXPECT_EQ(fetch(get(peer->url("/"))).failure.value().kind, Kind::protocol);
}

TEST_F(ClientExchange, RefusesAnAnswerOverTheCap) {
    serve([](const auto&, auto) { return answer(std::string(1001, 'x')); });
    auto request = get(peer->url("/"));
    request.max_body = 1000;
    EXPECT_EQ(fetch(request).failure.value().kind, Kind::too_large);
    request.max_body = 1001;
    EXPECT_TRUE(fetch(request).response);
}

TEST_F(ClientExchange, DeliversAnAnswerThatComesBeforeTheBodyWasTaken) {
    // The peer answers after the head alone and closes, while most of the body is still on its way.
    boost::asio::ip::tcp::acceptor acceptor(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
    std::string read(1024, '\0');
    const std::string refusal = answer("too much", "connection: close\r\n", "413 Content Too Large");
    boost::asio::ip::tcp::socket socket(loop);
    acceptor.async_accept(socket, [&](const auto&) {
        socket.async_read_some(boost::asio::buffer(read), [&](const auto&, std::size_t) {
            boost::asio::async_write(socket, boost::asio::buffer(refusal), [](const auto&, std::size_t) {});
        });
    });
    const auto url = "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/";
    EXPECT_EQ(fetch(post(url, std::string(20'000'000, 'x'))).response.value().status, 413);
}

TEST_F(ClientExchange, RefusesWhatIsNoRequest) {
    serve([](const auto&, auto) { return answer(""); });
    auto injected = get(peer->url("/"));
    injected.headers.add("x", "a\r\nb: c");
    for (const auto& request : {injected, get("nonsense"), get("ftp://a.test/"), get("http://u:p@a.test/"),
                                get(peer->url("/\r\nx: y"))}) {
        const auto got = fetch(request);
        EXPECT_EQ(got.failure.value().kind, Kind::bad_request);
        EXPECT_FALSE(got.failure->request_may_have_arrived);
    }
    EXPECT_EQ(peer->connections(), 0u);
}

TEST_F(ClientExchange, RefusesLoopbackInEveryNotationUnlessAllowed) {
    options.guard = Guard();
    serve([](const auto&, auto) { return answer(""); });
    const std::string port = ":" + std::to_string(peer->port()) + "/";
    for (const char* host :
         {"127.0.0.1", "0x7f.1", "2130706433", "017700000001", "127.1", "0x7f000001", "localhost", "[::1]",
          "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "0", "[::]"}) {
        const auto got = fetch(get("http://" + std::string(host) + port));
        ASSERT_TRUE(got.failure) << host;
        // A resolver may not know a notation or a family; none may be connected to.
        EXPECT_THAT(got.failure->kind, testing::AnyOf(Kind::refused_address, Kind::resolve)) << host;
        EXPECT_FALSE(got.failure->request_may_have_arrived);
    }
    EXPECT_EQ(fetch(get("http://0x7f.1" + port)).failure.value().kind, Kind::refused_address);
    EXPECT_EQ(fetch(get("http://2130706433" + port)).failure.value().kind, Kind::refused_address);
    EXPECT_EQ(peer->connections(), 0u);
}

TEST_F(ClientExchange, AdmitsANameInTheGuardsListWhereverItResolves) {
    options.guard = Guard::create({"localhost"}).value();
    serve([](const auto&, auto) { return answer("local"); });
    const auto port = std::to_string(peer->port());
    EXPECT_EQ(fetch(get("http://LOCALHOST:" + port + "/")).response.value().body, "local");
    EXPECT_EQ(fetch(get("http://127.0.0.1:" + port + "/")).failure.value().kind, Kind::refused_address);
}

TEST_F(ClientExchange, SpeaksToIpv6Literals) {
    boost::system::error_code none;
    boost::asio::ip::tcp::acceptor probe(loop);
    probe.open(boost::asio::ip::tcp::v6(), none);
    if (!none) probe.bind({boost::asio::ip::make_address("::1"), 0}, none);
    if (none) GTEST_SKIP() << "no IPv6 on this machine: " << none.message();
    peer = std::make_unique<ScriptedPeer>(
        loop, [](const auto&, auto) { return answer("six"); }, nullptr, "::1");
    EXPECT_EQ(fetch(get("http://[::1]:" + std::to_string(peer->port()) + "/")).response.value().body, "six");
    EXPECT_THAT(peer->requests()[0], HasSubstr("host: [::1]:" + std::to_string(peer->port()) + "\r\n"));
}

TEST_F(ClientExchange, FailsToConnectWhereNobodyListens) {
    serve([](const auto&, auto) { return answer(""); });
    const auto url = peer->url("/?token=hunter2");
    peer.reset();
    const auto got = fetch(get(url));
    EXPECT_EQ(got.failure.value().kind, Kind::connect);
    EXPECT_FALSE(got.failure->request_may_have_arrived);
    EXPECT_THAT(got.failure->message, Not(HasSubstr("hunter2")));
}

TEST_F(ClientExchange, FailsToResolveANameThatCannotExist) {
    const auto got = fetch(get("http://" + std::string(70, 'a') + ".test/"));
    EXPECT_EQ(got.failure.value().kind, Kind::resolve);
}

}  // namespace
