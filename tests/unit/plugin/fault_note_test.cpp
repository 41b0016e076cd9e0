#include "plugin/child/fault_note.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>

namespace tappet::plugin::child {
namespace {

TEST(FaultPage, NobodyTakesThePageFromUnderItsReader) {
    const auto page = FaultPage::create();
    ASSERT_TRUE(page);
    errno = 0;
    EXPECT_EQ(ftruncate(page->fd(), 0), -1);  // reading it would be SIGBUS in the engine
    EXPECT_EQ(errno, EPERM);
    EXPECT_EQ(ftruncate(page->fd(), 1 << 20), -1);
    // Nor are more seals put on it, such as one against writing.
    EXPECT_EQ(fcntl(page->fd(), F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
    EXPECT_FALSE(page->read());
}

}  // namespace
}  // namespace tappet::plugin::child
