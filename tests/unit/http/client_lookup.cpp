// Names become addresses away from the loop, several at a time.
#include "http/client_lookup.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "support/fetch.hpp"
#include "support/scripted_peer.hpp"

using namespace tappet::http;
using namespace tappet::test;
using Kind = Failure::Kind;
using testing::HasSubstr;

namespace {

/// A name server under the hand of a test: names that it holds are answered when it is told to. Outlives the
/// threads that ask it, as each has a share.
class HeldNames {
public:
    void hold(const std::string& host) {
        const std::lock_guard lock(mutex_);
        held_.insert(host);
    }
    void release() {
        const std::lock_guard lock(mutex_);
        held_.clear();
        changed_.notify_all();
    }
    Lookups::Addresses resolve(const std::string& host) {
        std::unique_lock lock(mutex_);
        asked_.push_back(host);
        changed_.notify_all();
        changed_.wait(lock, [&] { return !held_.contains(host); });
        ++answered_;
        changed_.notify_all();
        if (host.ends_with(".none")) return tappet::Error::unavailable("there is no such name");
        return std::vector{boost::asio::ip::make_address("127.0.0.1")};
    }
    void await_asked(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return asked_.size() >= count; });
    }
    void await_answered(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return answered_ >= count; });
    }
    std::vector<std::string> asked() {
        const std::lock_guard lock(mutex_);
        return asked_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> held_;
    std::vector<std::string> asked_;
    std::size_t answered_ = 0;
};

class ClientLookup : public testing::Test {
protected:
    ClientLookup() {
        options.resolve = [names = names](const std::string& host) { return names->resolve(host); };
    }
    ~ClientLookup() override { names->release(); }
    std::string url(const std::string& host) const {
        return "http://" + host + ":" + std::to_string(peer.port()) + "/";
    }

    std::shared_ptr<HeldNames> names = std::make_shared<HeldNames>();
    boost::asio::io_context loop;
    ScriptedPeer peer{loop, [](const auto&, auto) { return answer("x"); }};
    ClientOptions options = loopback_options();
};

TEST_F(ClientLookup, OfASlowNameHoldsUpNoOther) {
    names->hold("slow.test");
    Client client(loop, options);
    std::optional<Fetched> slow;
    client.send(get(url("slow.test")), note(slow));
    names->await_asked(1);
    EXPECT_TRUE(fetch(loop, client, get(url("quick.test"))).response);
    EXPECT_FALSE(slow);
    names->release();
    run_until(loop, [&] { return slow.has_value(); });
    EXPECT_TRUE(slow->response);
}

TEST_F(ClientLookup, OfOneNameIsSharedByAllWhoAsk) {
    names->hold("one.test");
    Client client(loop, options);
    std::optional<Fetched> first, second;
    client.send(get(url("one.test")), note(first));
    names->await_asked(1);
    client.send(get(url("one.test")), note(second));
    names->release();
    run_until(loop, [&] { return first && second; });
    EXPECT_TRUE(first->response);
    EXPECT_TRUE(second->response);
    EXPECT_EQ(names->asked().size(), 1u);
}

TEST_F(ClientLookup, ThatIsStuckHoldsUpNeitherACancelNorTheEndOfTheClient) {
    names->hold("stuck.test");
    std::optional<Fetched> cancelled, left;
    {
        Client client(loop, options);
        const auto ticket = client.send(get(url("stuck.test")), note(cancelled));
        client.send(get(url("stuck.test")), note(left));
        names->await_asked(1);
        client.cancel(ticket);
        run_until(loop, [&] { return cancelled.has_value(); });
        EXPECT_EQ(cancelled->failure.value().kind, Kind::cancelled);
        EXPECT_FALSE(left);
    }
    run_until(loop, [&] { return left.has_value(); });
    EXPECT_EQ(left->failure.value().kind, Kind::cancelled);
    names->release();
    names->await_answered(1);
}

TEST_F(ClientLookup, ThatFailsSaysWhy) {
    Client client(loop, options);
    const auto failed = fetch(loop, client, get(url("host.none"))).failure.value();
    EXPECT_EQ(failed.kind, Kind::resolve);
    EXPECT_THAT(failed.message, HasSubstr("host.none"));
    EXPECT_THAT(failed.message, HasSubstr("the name does not resolve: there is no such name"));
}

TEST_F(ClientLookup, IsOneOfAsManyAtOnceAsThereMayBeAndWaitsInOrder) {
    Lookups lookups(loop, options.resolve);
    std::size_t done = 0;
    const auto count = [&](const auto&) { ++done; };
    for (std::size_t i = 0; i < kMaxLookups; ++i) {
        names->hold("host" + std::to_string(i));
        lookups.look_up("host" + std::to_string(i), count);
    }
    const auto unwanted = lookups.look_up("unwanted", [](const auto&) { FAIL() << "it was forgotten"; });
    lookups.look_up("last", count);
    names->await_asked(kMaxLookups);
    EXPECT_EQ(names->asked().size(), kMaxLookups) << "all others wait";
    lookups.forget(unwanted);
    names->release();
    const auto work = boost::asio::make_work_guard(loop);
    run_until(loop, [&] { return done == kMaxLookups + 1; });
    EXPECT_EQ(names->asked().back(), "last");
    EXPECT_EQ(names->asked().size(), kMaxLookups + 1);
}

}  // namespace
