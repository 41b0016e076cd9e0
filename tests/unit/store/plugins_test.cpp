#include <gtest/gtest.h>

#include "store/sqlite/open.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::store {
namespace {

std::unique_ptr<Store> open(const test::TemporaryFolder& folder) {
    SqliteOptions options;
    options.path = folder / "tappet.db";
    auto opened = open_sqlite(options, [](std::function<void()> work) { work(); });
    return opened ? std::move(*opened) : nullptr;
}

PluginRecord record(const std::string& name, const std::string& hash) {
    PluginRecord out;
    out.name = name;
    out.hash = hash;
    out.file = "/plugins/" + name + ".so";
    out.recent = {{1'700'000'000'000}, {1'700'000'000'999}};
    out.crashes = 70'000'000'000;
    out.what = "SIGSEGV";
    out.quarantined = {1'700'000'000'999};
    return out;
}

TEST(SqlitePlugins, RecordsComeBackAsTheyWereAfterAStart) {
    const test::TemporaryFolder folder;
    PluginRecord never_aside = record("b", "1");
    never_aside.recent.clear();
    never_aside.quarantined = {};
    {
        auto store = open(folder);
        ASSERT_TRUE(store->plugins().value().empty());
        ASSERT_TRUE(store->save_plugin(never_aside));
        ASSERT_TRUE(store->save_plugin(record("a", "2")));
        ASSERT_TRUE(store->save_plugin(record("a", "1")));
    }
    auto store = open(folder);
    const std::vector<PluginRecord> expected{record("a", "1"), record("a", "2"), never_aside};
    EXPECT_EQ(store->plugins().value(), expected);
}

TEST(SqlitePlugins, ABuildHasOneRecord) {
    const test::TemporaryFolder folder;
    auto store = open(folder);
    ASSERT_TRUE(store->save_plugin(record("a", "1")));
    PluginRecord later = record("a", "1");
    later.crashes = 3;
    ASSERT_TRUE(store->save_plugin(later));
    EXPECT_EQ(store->plugins().value(), std::vector{later});
    ASSERT_TRUE(store->remove_plugin("a", "other"));
    EXPECT_EQ(store->plugins().value().size(), 1u);
    ASSERT_TRUE(store->remove_plugin("a", "1"));
    EXPECT_TRUE(store->plugins().value().empty());
}

}  // namespace
}  // namespace tappet::store
