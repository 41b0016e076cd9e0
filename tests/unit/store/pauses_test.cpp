// Triggers that are paused, in each store.
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "store/memory/store.hpp"
#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

/// A store that can be closed and opened again.
struct Memory {
    std::unique_ptr<Store> open() { return std::make_unique<MemoryStore>(disk); }
    MemoryDisk disk;
};
struct Sqlite {
    std::unique_ptr<Store> open() {
        SqliteOptions options;
        options.path = folder / "tappet.db";
        auto opened = open_sqlite(options, [](std::function<void()> work) { work(); });
        return opened ? std::move(*opened) : nullptr;
    }
    test::TemporaryFolder folder;
};

template <class Kind>
class StorePauses : public ::testing::Test {
protected:
    Kind kind;
};
using Kinds = ::testing::Types<Memory, Sqlite>;
TYPED_TEST_SUITE(StorePauses, Kinds);

const PausedTrigger kNightly{"default", "nightly", "tick", {1'700'000'000'000}};
const PausedTrigger kOther{"acme", "nightly", "tick", {1'700'000'000'500}};

TYPED_TEST(StorePauses, AreThereAfterAStartInOrderOfTheirNames) {
    {
        auto store = this->kind.open();
        EXPECT_TRUE(store->pauses().value().empty());
        ASSERT_TRUE(store->begin_pause(kNightly));
        ASSERT_TRUE(store->begin_pause(kOther));
        store->close();
    }
    auto store = this->kind.open();
    EXPECT_EQ(store->pauses().value(), (std::vector{kOther, kNightly}));
}

TYPED_TEST(StorePauses, KeepWhenTheyBegan) {
    auto store = this->kind.open();
    ASSERT_TRUE(store->begin_pause(kNightly));
    PausedTrigger again = kNightly;
    again.since = {1'800'000'000'000};
    ASSERT_TRUE(store->begin_pause(again));
    EXPECT_EQ(store->pauses().value(), std::vector{kNightly});
}

TYPED_TEST(StorePauses, EndWithTheCursorThatTheSourceGoesOnFrom) {
    auto store = this->kind.open();
    ASSERT_TRUE(store->begin_pause(kNightly));
    ASSERT_TRUE(store->begin_pause(kOther));
    const SourceCursor cursor{"default", "nightly", "tick", "core/schedule", "17", {1'700'000'000'000}};
    ASSERT_TRUE(store->end_pause("default", "nightly", "tick", cursor));
    EXPECT_EQ(store->pauses().value(), std::vector{kOther});
    EXPECT_EQ(store->cursor("default", "nightly", "tick").value()->data, "17");
    ASSERT_TRUE(store->end_pause("acme", "nightly", "tick", std::nullopt));
    EXPECT_FALSE(store->cursor("acme", "nightly", "tick").value().has_value());
    EXPECT_TRUE(store->end_pause("acme", "nightly", "tick", std::nullopt)) << "there is none";
    EXPECT_TRUE(store->pauses().value().empty());
}

}  // namespace
}  // namespace tappet::store
