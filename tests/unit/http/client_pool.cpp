#include <gmock/gmock.h>

#include <map>
#include <optional>

#include "support/fetch.hpp"
#include "support/scripted_peer.hpp"

using namespace tappet::http;
using namespace tappet::test;
using std::chrono::milliseconds;
using Kind = Failure::Kind;

namespace {

TEST(ClientPool, ServesAThousandRequestsOverSixteenConnectionsInOrder) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const std::string& request, auto) {
        return answer(request.substr(5, request.find(' ', 5) - 5));
    });
    auto options = loopback_options();
    options.max_per_host = 16;
    Client client(loop, options);
    std::size_t done = 0, right = 0;
    for (int i = 0; i < 1000; ++i)
        client.send(get(peer.url("/" + std::to_string(i))), [&, i](auto result) {
            ++done;
            right += result.has_value() && result->body == std::to_string(i);
        });
    run_until(loop, [&] { return done == 1000; });
    EXPECT_EQ(right, 1000u);
    EXPECT_EQ(peer.connections(), 16u);
}

TEST(ClientPool, RefusesWhatWouldWaitBehindTooMany) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    auto options = loopback_options();
    options.max_per_host = 1;
    options.max_waiting = 2;
    Client client(loop, options);
    std::optional<Fetched> got[4];
    for (auto& one : got) client.send(get(peer.url("/")), note(one));
    run_until(loop, [&] { return got[0] && got[1] && got[2] && got[3]; });
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(got[i]->response) << i;
    EXPECT_EQ(got[3]->failure.value().kind, Kind::connect);
    EXPECT_FALSE(got[3]->failure->request_may_have_arrived);
    EXPECT_EQ(peer.connections(), 1u);
}

TEST(ClientPool, KeepsNoMoreIdleConnectionsThanAllowed) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    auto options = loopback_options();
    options.max_idle_per_host = 2;
    Client client(loop, options);
    std::size_t done = 0;
    for (int i = 0; i < 6; ++i) client.send(get(peer.url("/")), [&](auto) { ++done; });
    run_until(loop, [&] { return done == 6 && peer.ended() == 4; });
    EXPECT_EQ(peer.connections(), 6u);
}

TEST(ClientPool, ClosesConnectionsThatStayIdle) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    auto options = loopback_options();
    options.idle_timeout = milliseconds(5);
    Client client(loop, options);
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/"))).response);
    run_until(loop, [&] { return peer.ended() == 1; });
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/"))).response);
    EXPECT_EQ(peer.connections(), 2u);
}

TEST(ClientPool, GivesTheSlotOfACancelledRequestToTheNext) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const std::string& request, auto) {
        return request.find("/hang") == std::string::npos ? Reply(answer("x")) : Reply("");
    });
    auto options = loopback_options();
    options.max_per_host = 1;
    Client client(loop, options);
    std::optional<Fetched> hanging, waiting, last;
    const auto first = client.send(get(peer.url("/hang")), note(hanging));
    const auto second = client.send(get(peer.url("/")), note(waiting));
    client.send(get(peer.url("/")), note(last));
    run_until(loop, [&] { return peer.requests().size() == 1; });
    client.cancel(second);
    client.cancel(first);
    run_until(loop, [&] { return hanging && waiting && last; });
    EXPECT_EQ(hanging->failure.value().kind, Kind::cancelled);
    EXPECT_TRUE(hanging->failure->request_may_have_arrived);
    EXPECT_EQ(waiting->failure.value().kind, Kind::cancelled);
    EXPECT_FALSE(waiting->failure->request_may_have_arrived);
    EXPECT_TRUE(last->response);
}

TEST(ClientPool, MovesOnWhenConnectionsCannotBeMade) {
    boost::asio::io_context loop;
    std::string url;
    {
        url = ScriptedPeer(loop, [](const auto&, auto) { return answer(""); }).url("/");
    }
    auto options = loopback_options();
    options.max_per_host = 1;
    Client client(loop, options);
    std::optional<Fetched> got[3];
    for (auto& one : got) client.send(get(url), note(one));
    run_until(loop, [&] { return got[0] && got[1] && got[2]; });
    for (const auto& one : got) EXPECT_EQ(one->failure.value().kind, Kind::connect);
}

TEST(ClientTimeout, EndsASlowAnswerWhereverItHangs) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const std::string& request, auto) {
        if (request.find("/silent") != std::string::npos) return Reply("");
        if (request.find("/loop") != std::string::npos)
            return Reply(answer("", "location: /silent\r\n", "302 Found"));
        return Reply("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nslow");
    });
    auto options = loopback_options();
    options.max_per_host = 1;
    Client client(loop, options);
    std::optional<Fetched> queued;
    for (const char* target : {"/silent?token=s3cret", "/half", "/loop"}) {
        auto request = get(peer.url(target));
        request.timeout = milliseconds(20);
        const auto got = fetch(loop, client, request);
        EXPECT_EQ(got.failure.value().kind, Kind::timeout) << target;
        EXPECT_TRUE(got.failure->request_may_have_arrived);
        EXPECT_EQ(got.failure->message.find("s3cret"), std::string::npos);
    }
    client.send(get(peer.url("/silent")), [](auto) {});
    auto request = get(peer.url("/"));
    request.timeout = milliseconds(20);
    const auto got = fetch(loop, client, request);
    EXPECT_EQ(got.failure.value().kind, Kind::timeout);
    EXPECT_FALSE(got.failure->request_may_have_arrived);
}

TEST(ClientTimeout, TakesAnyDuration) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    Client client(loop, loopback_options());
    auto request = get(peer.url("/"));
    request.timeout = milliseconds::max();
    EXPECT_TRUE(fetch(loop, client, request).response);
    request.timeout = milliseconds(0);
    EXPECT_EQ(fetch(loop, client, request).failure.value().kind, Kind::timeout);
    request.timeout = milliseconds(-5);
    EXPECT_EQ(fetch(loop, client, request).failure.value().kind, Kind::timeout);
}

TEST(ClientCancel, EndsARequestOnceAndOnlyWhileItIsUnderWay) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    Client client(loop, loopback_options());
    std::optional<Fetched> early, bad, done;
    client.cancel(client.send(get(peer.url("/")), note(early)));
    EXPECT_FALSE(early) << "done was called from inside cancel";
    client.cancel(client.send(get("nonsense"), note(bad)));
    const auto ticket = client.send(get(peer.url("/")), note(done));
    run_until(loop, [&] { return early && bad && done; });
    EXPECT_EQ(early->failure.value().kind, Kind::cancelled);
    EXPECT_EQ(bad->failure.value().kind, Kind::cancelled);
    EXPECT_TRUE(done->response);
    client.cancel(ticket);
    client.cancel(0);
    client.cancel(12345);
    EXPECT_TRUE(fetch(loop, client, get(peer.url("/"))).response);
}

TEST(ClientEnd, CancelsWhatIsUnderWayAndLeavesTheLoopFree) {
    boost::asio::io_context loop;
    std::optional<Fetched> hanging, waiting, connecting, resolving;
    {
        auto peer = std::make_unique<ScriptedPeer>(loop, [](const auto&, auto place) {
            return place.request == 0 ? Reply(answer("x")) : Reply("");
        });
        auto options = loopback_options();
        options.max_per_host = 1;
        auto client = std::make_unique<Client>(loop, options);
        EXPECT_TRUE(fetch(loop, *client, get(peer->url("/"))).response);
        client->send(get(peer->url("/")), note(hanging));
        client->send(get(peer->url("/")), note(waiting));
        run_until(loop, [&] { return peer->requests().size() == 2; });
        client->send(get("http://localhost:" + std::to_string(peer->port()) + "/"), note(resolving));
        client->send(get("http://127.0.0.2:" + std::to_string(peer->port()) + "/"), note(connecting));
        client.reset();
        EXPECT_FALSE(hanging || waiting || connecting || resolving)
            << "done was called from inside the destructor";
    }
    loop.restart();
    loop.run();  // returns: nothing is left behind
    for (const auto* one : {&hanging, &waiting, &connecting, &resolving})
        EXPECT_EQ((*one)->failure.value().kind, Kind::cancelled);
}

TEST(ClientEnd, MayComeFromInsideDone) {
    boost::asio::io_context loop;
    ScriptedPeer peer(loop, [](const auto&, auto) { return answer("x"); });
    auto client = std::make_unique<Client>(loop, loopback_options());
    std::optional<Fetched> other;
    bool ended = false;
    client->send(get(peer.url("/")), [&](auto) {
        client->send(get(peer.url("/")), note(other));
        client.reset();
        ended = true;
    });
    run_until(loop, [&] { return ended && other; });
    EXPECT_EQ(other->failure.value().kind, Kind::cancelled);
}

TEST(ClientEnd, MayLeaveItsDonesUncalledWhenTheLoopIsGone) {
    std::optional<Fetched> never;
    {
        boost::asio::io_context loop;
        Client client(loop, loopback_options());
        client.send(get("http://127.0.0.1:1/"), note(never));
    }
    EXPECT_FALSE(never);
}

}  // namespace
