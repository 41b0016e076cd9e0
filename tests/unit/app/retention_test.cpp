#include "app/retention.hpp"

#include <gtest/gtest.h>

#include "store/memory/store.hpp"
#include "support/held_offload.hpp"

namespace tappet::app {
namespace {

using namespace std::chrono_literals;

class RetentionTest : public ::testing::Test {
protected:
    void pass(std::chrono::milliseconds time) {
        clock.advance(time);
        retention.tick();
    }

    boost::asio::io_context loop;
    ManualClock clock;
    store::MemoryDisk disk;
    store::MemoryStore store{disk};
    test::HeldOffload threads;
    Retention retention{loop, store, clock, threads.offload(), {1h, 24h}};
};

TEST_F(RetentionTest, TakesOneThreadHoweverLongAPurgeLasts) {
    threads.holds = true;
    retention.start();
    pass(Retention::kLeast);
    EXPECT_EQ(threads.waiting(), 1u);
    pass(10 * Retention::kMost);
    EXPECT_EQ(threads.waiting(), 1u);
    threads.release();
    pass(Retention::kMost);
    EXPECT_EQ(threads.waiting(), 1u);
}

TEST_F(RetentionTest, BeginsNoneOnceItIsStopped) {
    threads.holds = true;
    retention.start();
    pass(Retention::kLeast);
    retention.stop();
    threads.release();
    pass(Retention::kMost);
    EXPECT_EQ(threads.waiting(), 0u);
}

}  // namespace
}  // namespace tappet::app
