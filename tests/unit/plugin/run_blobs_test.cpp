#include "plugin/child/run_blobs.hpp"

#include <gtest/gtest.h>

#include "plugin/services/blob.hpp"

namespace tappet::plugin::child {
namespace {

struct RunBlobsTest : ::testing::Test {
    bool may(const std::string& id) { return blobs.refusal(run, id).empty(); }
    RunBlobs blobs;
    RunId run{{1}}, other{{2}};
};

TEST_F(RunBlobsTest, AreThoseOfRunsWithCallsUnderWay) {
    EXPECT_EQ(blobs.refusal(run, ""), "the plugin has no call of this run under way");
    blobs.enter(run);
    EXPECT_TRUE(may(""));
    EXPECT_FALSE(blobs.refusal(other, "").empty());
    blobs.leave(run);
    EXPECT_FALSE(may(""));
}

TEST_F(RunBlobsTest, AreAppendedToUntilTheLastCallOfTheRunIsOver) {
    blobs.enter(run);
    blobs.enter(run);
    EXPECT_FALSE(may("a"));
    ASSERT_TRUE(may(""));
    blobs.began(run, "a");
    EXPECT_TRUE(may("a"));
    EXPECT_FALSE(may("b"));
    blobs.leave(run);
    EXPECT_TRUE(may("a"));
    blobs.leave(run);
    blobs.enter(run);
    EXPECT_FALSE(may("a"));
}

TEST_F(RunBlobsTest, AreAsManyAsItsCallsMayBegin) {
    const auto begin_all = [&] {
        for (std::size_t i = 0; i < BlobService::kMaxBegun; ++i) ASSERT_TRUE(may("")) << i;
    };
    blobs.enter(run);
    begin_all();
    EXPECT_EQ(blobs.refusal(run, ""), "the calls of this run began 1000 blobs, which is the most");
    blobs.began(run, "");  // it failed, and does not count
    EXPECT_TRUE(may(""));
    blobs.began(run, "a");
    EXPECT_FALSE(may(""));
    blobs.enter(run);
    begin_all();
    EXPECT_FALSE(may(""));
    blobs.leave(run);
    EXPECT_FALSE(may("")) << "what a call began stays counted while others of its run are under way";
}

}  // namespace
}  // namespace tappet::plugin::child
