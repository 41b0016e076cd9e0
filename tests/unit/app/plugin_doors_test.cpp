#include "app/plugin_doors.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/ids.hpp"
#include "store/memory/store.hpp"

namespace tappet::app {
namespace {

TEST(StoredBlobs, BeginsABlobUnderAnIdOfItsOwnAndAppendsToIt) {
    store::MemoryDisk disk;
    store::MemoryStore store(disk);
    StoredBlobs blobs(store, {});
    RunId run, other;
    run.bytes[0] = 1;
    other.bytes[0] = 2;
    std::set<std::string> ids;
    for (int i = 0; i < 100; ++i) ids.insert(*blobs.write(run, "default", "", "one "));
    EXPECT_EQ(ids.size(), 100u);
    const std::string id = *ids.begin();
    EXPECT_EQ(id.size(), 32u);
    EXPECT_EQ(*blobs.write(run, "default", id, "two"), id);
    EXPECT_EQ(*blobs.read(run, "default", id, 0, 100), "one two");
    EXPECT_EQ(blobs.read(other, "default", id, 0, 100).error().code, ErrorCode::not_found);
}

TEST(StoredBlobs, HoldsToItsLimits) {
    store::MemoryDisk disk;
    store::MemoryStore store(disk);
    store::BlobLimits limits;
    limits.blob = 3;
    StoredBlobs blobs(store, limits);
    EXPECT_EQ(blobs.write(RunId{}, "default", "", "four").error().code, ErrorCode::exhausted);
}

}  // namespace
}  // namespace tappet::app
