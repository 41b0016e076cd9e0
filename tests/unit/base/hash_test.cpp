#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

using namespace tappet;

namespace {

constexpr HashKey kKey{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};

std::string counting(std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<char>(i));
    return out;
}

}  // namespace

TEST(KeyedHash, IsSipHash13) {
    // Vectors of the reference implementation: key 00 01 … 0f, input 00 01 … of this length.
    EXPECT_EQ(keyed_hash(counting(0), kKey), 0xabac0158050fc4dcu);
    EXPECT_EQ(keyed_hash(counting(1), kKey), 0xc9f49bf37d57ca93u);
    EXPECT_EQ(keyed_hash(counting(7), kKey), 0xd3927d989bb11140u);
    EXPECT_EQ(keyed_hash(counting(8), kKey), 0x369095118d299a8eu);
}

TEST(KeyedHash, OfTwoWordsIsThatOfTheirBytes) {
    EXPECT_EQ(keyed_hash(0x0706050403020100u, 0x0f0e0d0c0b0a0908u, kKey), keyed_hash(counting(16), kKey));
}

TEST(KeyedHash, ReadsEveryByteAndTheLength) {
    std::set<std::uint64_t> seen;
    for (std::size_t size = 1; size < 40; ++size) {
        EXPECT_TRUE(seen.insert(keyed_hash(std::string(size, '\0'), kKey)).second) << size;
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, '\0');
            text[at] = 1;
            EXPECT_TRUE(seen.insert(keyed_hash(text, kKey)).second) << size << " " << at;
        }
    }
}

TEST(KeyedHash, DependsOnBothHalvesOfTheKey) {
    EXPECT_NE(keyed_hash("event", HashKey{1, 2}), keyed_hash("event", HashKey{3, 2}));
    EXPECT_NE(keyed_hash("event", HashKey{1, 2}), keyed_hash("event", HashKey{1, 3}));
}

TEST(KeyedHash, TheKeyOfTheProcessIsDrawnOnce) {
    const HashKey key = process_hash_key();
    EXPECT_TRUE(key.first != 0 || key.second != 0);
    EXPECT_EQ(process_hash_key().first, key.first);
    EXPECT_EQ(keyed_hash("event"), keyed_hash("event", key));
}
