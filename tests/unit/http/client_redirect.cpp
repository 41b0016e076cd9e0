#include <gmock/gmock.h>

#include "support/fetch.hpp"
#include "support/scripted_peer.hpp"

using namespace tappet::http;
using namespace tappet::test;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = Failure::Kind;

namespace {

std::string moved(const std::string& to, const std::string& status = "302 Found",
                  const std::string& body = "moved") {
    return answer(body, "location: " + to + "\r\n", status);
}

struct ClientRedirect : testing::Test {
    boost::asio::io_context loop;
    Client client{loop, loopback_options()};
    std::unique_ptr<ScriptedPeer> other =
        std::make_unique<ScriptedPeer>(loop, [](const auto&, auto) { return answer("other"); });

    Fetched via(const ScriptedPeer& peer, ClientRequest request) {
        request.url = peer.url("/start");
        return fetch(loop, client, std::move(request));
    }
};

TEST_F(ClientRedirect, FollowsOnTheSameConnectionAndSaysWhereItEnded) {
    ScriptedPeer peer(loop, [](const auto&, auto place) {
        return place.request == 0 ? moved("/end?x#f") : answer("done");
    });
    const auto got = via(peer, get(""));
    EXPECT_EQ(got.response.value().body, "done");
    EXPECT_EQ(got.response->url, peer.url("/end?x"));
    EXPECT_EQ(peer.connections(), 1u);
}

TEST_F(ClientRedirect, StopsAfterAsManyAsAllowed) {
    ScriptedPeer peer(loop, [](const auto&, auto) { return moved("/again"); });
    auto request = get("");
    request.redirects = 3;
    const auto got = via(peer, request);
    EXPECT_EQ(got.failure.value().kind, Kind::too_many_redirects);
    EXPECT_TRUE(got.failure->request_may_have_arrived);
    EXPECT_EQ(peer.requests().size(), 4u);
    request.redirects = 0;
    EXPECT_EQ(via(peer, request).failure.value().kind, Kind::too_many_redirects);
}

TEST_F(ClientRedirect, DropsCredentialsOnTheWayToAnotherOrigin) {
    ScriptedPeer peer(loop,
                      [&](const auto&, auto) { return moved(other->url("/end"), "307 Temporary Redirect"); });
    auto request = post("", "body");
    request.headers = {{"authorization", "Bearer s3cret"},
                       {"cookie", "s3cret"},
                       {"x-api-key", "s3cret"},
                       {"accept", "text/x"}};
    EXPECT_EQ(via(peer, request).response.value().body, "other");
    EXPECT_THAT(peer.requests()[0], HasSubstr("s3cret"));
    EXPECT_THAT(other->requests()[0], StartsWith("POST /end HTTP/1.1\r\nhost: " + other->address()));
    EXPECT_THAT(other->requests()[0], Not(HasSubstr("s3cret")));
    EXPECT_THAT(other->requests()[0], HasSubstr("accept: text/x\r\n"));
    EXPECT_THAT(other->requests()[0], HasSubstr("\r\n\r\nbody"));
}

TEST_F(ClientRedirect, MakesAPostAGetAfter303) {
    ScriptedPeer peer(loop, [](const auto&, auto place) {
        return place.request == 0 ? moved("/end", "303 See Other") : answer("done");
    });
    EXPECT_TRUE(via(peer, post("", "body")).response);
    EXPECT_THAT(peer.requests()[1], StartsWith("GET /end "));
    EXPECT_THAT(peer.requests()[1], Not(HasSubstr("content-length")));
}

TEST_F(ClientRedirect, AsksTheGuardAboutEachPlace) {
    for (const char* to : {"http://10.255.255.1/", "//169.254.169.254/latest", "http://[::ffff:10.0.0.1]/",
                           "http://0xa9fea9fe/"}) {
        ScriptedPeer peer(loop, [&](const auto&, auto) { return moved(to); });
        const auto got = via(peer, get(""));
        EXPECT_EQ(got.failure.value().kind, Kind::refused_address) << to;
        EXPECT_TRUE(got.failure->request_may_have_arrived);
    }
}

TEST_F(ClientRedirect, RefusesToGoWhereNoHttpIs) {
    for (const char* to :
         {"ftp://a.test/", "file:///etc/passwd", "http://user:pass@a.test/", "gopher://127.0.0.1/"}) {
        ScriptedPeer peer(loop, [&](const auto&, auto) { return moved(to); });
        const auto got = via(peer, get(""));
        EXPECT_EQ(got.failure.value().kind, Kind::protocol) << to;
        EXPECT_THAT(got.failure->message, Not(HasSubstr("pass@")));
    }
}

TEST_F(ClientRedirect, TakesA3xxThatPointsNowhereAsTheAnswer) {
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x", "", "302 Found"); });
    EXPECT_EQ(via(peer, get("")).response.value().status, 302);
    ScriptedPeer choices(loop, [](const auto&, auto) { return moved("/x", "300 Multiple Choices"); });
    EXPECT_EQ(via(choices, get("")).response.value().status, 300);
}

TEST_F(ClientRedirect, DoesNotCareHowLongTheRedirectsOwnBodyIs) {
    ScriptedPeer peer(loop, [](const auto&, auto place) {
        return place.connection == 0 ? moved("/end", "302 Found", std::string(100'000, 'x')) : answer("done");
    });
    auto request = get("");
    request.max_body = 100;
    EXPECT_EQ(via(peer, request).response.value().body, "done");
}

}  // namespace
