// Which refused requests are written, and when.
#include "trigger/rejected_book.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "base/random.hpp"

namespace tappet::trigger {
namespace {

using std::chrono::milliseconds;

const Problem kProblem{401, "verification", "the header Authorization is missing", {}, 0, ""};

class RejectedBookTest : public ::testing::Test {
protected:
    RejectedBook& book(RejectedLimits limits = {}) {
        return book_.emplace(
            loop, clock,
            [this](store::RejectedBatch batch, RejectedBook::Done done) {
                written.push_back(std::move(batch));
                ends.push_back(std::move(done));
            },
            limits);
    }
    void refuse(const std::string& flow = "f", const Problem& problem = kProblem,
                const std::string& tenant = "default") {
        http::Request request;
        request.method = "POST";
        request.target = "/hooks/default/f/t";
        book_->request({ids.next(), tenant, flow, "t", clock.now()}, request, problem, Redactor());
    }
    void pass(milliseconds time) {
        clock.advance(time);
        book_->tick();
    }
    void end_write(const Result<void>& result = {}) {
        auto done = std::move(ends.back());
        ends.pop_back();
        done(result);
    }
    std::uint64_t counted() const {
        std::uint64_t sum = 0;
        for (const auto& batch : written)
            for (const auto& unkept : batch.unkept) sum += unkept.count;
        return sum;
    }
    std::size_t kept_of(const std::string& tenant) const {
        std::size_t sum = 0;
        for (const auto& batch : written)
            sum += static_cast<std::size_t>(
                std::ranges::count(batch.requests, tenant, &store::Rejected::tenant));
        return sum;
    }
    /// One second in which many hooks of a tenant refuse much.
    void flood(const std::string& tenant, int hooks = 300) {
        for (int i = 0; i < hooks; ++i) refuse("f" + std::to_string(i), kProblem, tenant);
    }
    void second() {
        pass(milliseconds(1'000));
        while (!ends.empty()) end_write();
    }
    std::size_t kept() const {
        std::size_t sum = 0;
        for (const auto& batch : written) sum += batch.requests.size();
        return sum;
    }

    boost::asio::io_context loop;
    ManualClock clock;
    SeededRandom random{5};
    IdSource ids{clock, random};
    std::vector<store::RejectedBatch> written;
    std::vector<RejectedBook::Done> ends;
    std::optional<RejectedBook> book_;
};

TEST_F(RejectedBookTest, WritesManyAtOnceAndNotAtOnce) {
    book();
    for (int i = 0; i < 5; ++i) refuse();
    EXPECT_TRUE(written.empty());
    pass(RejectedBook::kFirst);
    ASSERT_EQ(written.size(), 1u);
    EXPECT_EQ(written[0].requests.size(), 5u);
    EXPECT_EQ(written[0].keep, 100u);
    EXPECT_TRUE(written[0].unkept.empty());
}

TEST_F(RejectedBookTest, OneWriteIsUnderWayAtATimeAndTheNextComesLater) {
    book();
    refuse();
    pass(RejectedBook::kFirst);
    refuse();
    pass(milliseconds(60'000));
    EXPECT_EQ(written.size(), 1u) << "the first has not ended";
    end_write();
    pass(RejectedBook::kFirst);
    EXPECT_EQ(written.size(), 2u);
    end_write();
    refuse();
    pass(RejectedBook::kFirst);
    EXPECT_EQ(written.size(), 2u);
    pass(RejectedBook::kBetween);
    EXPECT_EQ(written.size(), 3u);
}

TEST_F(RejectedBookTest, AFloodIsCounted) {
    book();
    for (int second = 0; second < 60; ++second) {
        for (int i = 0; i < 1'000; ++i) refuse();
        pass(milliseconds(1'000));
        while (!ends.empty()) end_write();
    }
    pass(milliseconds(1'000));
    EXPECT_LE(kept(), 20u + 60u);
    EXPECT_GE(kept(), 20u + 50u);
    EXPECT_EQ(kept() + counted(), 60'000u);
    EXPECT_LE(written.size(), 62u);
    EXPECT_EQ(book_->stats().kept, kept());
    EXPECT_EQ(book_->stats().counted, counted());
}

TEST_F(RejectedBookTest, AFloodAtOneHookLeavesOthersTheirOwn) {
    book();
    for (int i = 0; i < 1'000; ++i) refuse("flooded");
    refuse("other");
    pass(RejectedBook::kFirst);
    ASSERT_EQ(written.size(), 1u);
    EXPECT_EQ(written[0].requests.back().flow, "other");
}

TEST_F(RejectedBookTest, FloodsAtManyHooksAreBoundedTogether) {
    book();
    for (int i = 0; i < 1'000; ++i) refuse("f" + std::to_string(i));
    pass(RejectedBook::kFirst);
    ASSERT_EQ(written.size(), 1u);
    EXPECT_EQ(written[0].requests.size(), 100u);
    EXPECT_EQ(written[0].unkept.size(), 900u);
}

TEST_F(RejectedBookTest, FloodsAtOneTenantHideNothingOfAnother) {
    book();
    for (int i = 0; i < 20; ++i) {
        flood("loud");
        refuse("f", kProblem, "quiet");
        second();
        EXPECT_EQ(kept_of("quiet"), static_cast<std::size_t>(i) + 1);
    }
    EXPECT_LE(kept_of("loud"), 100u + 20u * 20u);
}

TEST_F(RejectedBookTest, FloodsAtManyTenantsHideNothingOfAnother) {
    book();
    for (int i = 0; i < 20; ++i) {
        for (int tenant = 0; tenant < 30; ++tenant) flood("loud" + std::to_string(tenant), 50);
        refuse("f", kProblem, "quiet");
        second();
        EXPECT_EQ(kept_of("quiet"), static_cast<std::size_t>(i) + 1);
    }
    EXPECT_LE(kept(), 200u + 20u * 50u) << "all together";
    EXPECT_GE(kept(), 20u * 50u);
    EXPECT_EQ(kept() + counted(), 20u * (30u * 50u + 1u));
}

TEST_F(RejectedBookTest, TenantsThatFloodShareWhatIsKept) {
    book();
    for (int i = 0; i < 40; ++i) {
        flood("a");
        for (const char* tenant : {"b", "c", "d"}) flood(tenant);
        second();
    }
    for (const char* tenant : {"a", "b", "c", "d"}) {
        EXPECT_GE(kept_of(tenant), kept() / 5) << tenant;
        EXPECT_LE(kept_of(tenant), kept() / 3) << tenant;
    }
}

TEST_F(RejectedBookTest, WhatWaitsIsBoundedWhileAWriteDoesNotEnd) {
    book();
    refuse("first");
    pass(RejectedBook::kFirst);
    for (int i = 0; i < 2'000; ++i) {
        refuse("f" + std::to_string(i % 200));
        clock.advance(milliseconds(100));
    }
    end_write();
    book_->settle([] {});
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(written[1].requests.size(), static_cast<std::size_t>(RejectedBook::kAllBurst));
    EXPECT_EQ(kept() + counted(), 2'001u);
}

TEST_F(RejectedBookTest, WhatTheStoreRefusesIsCountedWithTheNext) {
    book();
    refuse();
    refuse();
    pass(RejectedBook::kFirst);
    end_write(Error::unavailable("the disk is full"));
    EXPECT_EQ(book_->stats().lost, 2u);
    EXPECT_EQ(book_->stats().kept, 0u);
    refuse();
    pass(RejectedBook::kBetween);
    ASSERT_EQ(written.size(), 2u);
    EXPECT_EQ(written[1].requests.size(), 1u);
    ASSERT_EQ(written[1].unkept.size(), 1u);
    EXPECT_EQ(written[1].unkept[0].count, 2u);
    end_write();
    EXPECT_EQ(book_->stats().kept, 1u);
}

TEST_F(RejectedBookTest, KeepsNothingWhenItIsOff) {
    book({0, 4'096});
    refuse();
    pass(milliseconds(60'000));
    EXPECT_TRUE(written.empty());
    EXPECT_EQ(book_->stats().counted, 0u);
}

TEST_F(RejectedBookTest, KeepsNothingOfWhatPassesByItself) {
    book();
    refuse("f", {429, "starting", "the engine is starting", {}, 5, ""});
    pass(milliseconds(60'000));
    EXPECT_TRUE(written.empty());
}

TEST_F(RejectedBookTest, SettlesWhenAllThatCameBeforeIsWritten) {
    book();
    int settled = 0;
    book_->settle([&] { ++settled; });
    EXPECT_EQ(settled, 1) << "nothing waits";
    refuse();
    book_->settle([&] { ++settled; });
    ASSERT_EQ(written.size(), 1u) << "it does not wait for its time";
    refuse();
    book_->settle([&] { ++settled; });
    EXPECT_EQ(settled, 1);
    end_write();
    EXPECT_EQ(settled, 2);
    ASSERT_EQ(written.size(), 2u);
    end_write();
    EXPECT_EQ(settled, 3);
}

TEST_F(RejectedBookTest, WhatWaitsAtTheEndIsHandedOver) {
    book();
    refuse();
    EXPECT_EQ(book_->close().requests.size(), 1u);
    refuse();
    pass(milliseconds(60'000));
    EXPECT_TRUE(written.empty());
}

}  // namespace
}  // namespace tappet::trigger
