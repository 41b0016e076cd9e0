#include "expr/map_index.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <string>

#include "expr/hash.hpp"

using namespace tappet;

namespace {

constexpr std::size_t kEntries = 3'000;
constexpr std::size_t kPlaces = 8'192;  ///< of the table of so many

/// Keys of which a hash puts all into the first few places of the table.
template <class Hash>
std::vector<MapEntry> crowded(const Hash& hash) {
    std::vector<MapEntry> out;
    for (std::size_t i = 0; out.size() < kEntries; ++i) {
        const std::string text = "key" + std::to_string(i);
        if (hash(text) % kPlaces < 64)
            out.push_back({Value::string(text), Value::integer(static_cast<int>(i))});
    }
    return out;
}

/// Each entry is found, by text and by value, and nothing else is.
void expect_all_found(const std::vector<MapEntry>& entries, const MapIndex& index) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        ASSERT_EQ(index.find(entries, entries[i].key), i);
        if (entries[i].key.is(Kind::string)) {
            ASSERT_EQ(index.find(entries, entries[i].key.as_string()), i);
        }
    }
    for (int i = 0; i < 1'000; ++i)
        ASSERT_EQ(index.find(entries, "other" + std::to_string(i)), MapIndex::kNone);
    for (const Value& no_key : {Value::list({entries[0].key}), Value::null(), Value::object({})})
        ASSERT_EQ(index.find(entries, no_key), MapIndex::kNone);
    EXPECT_EQ(index.find(entries, Value::integer(-7)), MapIndex::kNone);
    EXPECT_EQ(index.find(entries, Value::number(0.5)), MapIndex::kNone);
}

/// A key of one of few meanings in one of its forms, and a name for the meaning.
std::pair<std::string, Value> random_key(std::mt19937& random, int meanings) {
    const int n = static_cast<int>(random() % static_cast<unsigned>(meanings));
    switch (random() % 5) {
        case 0:
            return {"number " + std::to_string(n), Value::integer(n)};
        case 1:
            return {"number " + std::to_string(n), Value::uint(static_cast<std::uint64_t>(n))};
        case 2:
            return {"number " + std::to_string(n), Value::number(n)};
        case 3:
            return {"bool " + std::to_string(n % 2), Value::boolean(n % 2 == 1)};
        default:
            return {"text " + std::to_string(n), Value::string(std::to_string(n))};
    }
}

}  // namespace

TEST(MapIndex, KeysChosenAgainstAnUnkeyedHashMakeNoSearchLong) {
    // What std::hash crowds is what the senders of bodies can compute at home.
    const auto old_place = [](const std::string& text) {
        const std::size_t hash = std::hash<std::string>{}(text);
        return hash ^ (hash >> 17);
    };
    std::vector<MapEntry> entries = crowded(old_place);
    const MapIndex index = MapIndex::of(entries);
    ASSERT_EQ(entries.size(), kEntries);
    EXPECT_LT(index.longest_search(entries.size()), 100u);
    expect_all_found(entries, index);
}

TEST(MapIndex, WhoKnowsTheKeyMakesNoSearchLongEither) {
    std::vector<MapEntry> entries = crowded([](const std::string& text) { return hash_of(text); });
    const MapIndex index = MapIndex::of(entries);
    ASSERT_EQ(entries.size(), kEntries);
    EXPECT_LE(index.longest_search(entries.size()), 13u);
    expect_all_found(entries, index);
}

TEST(MapIndex, CrowdedKeysKeepOrderAndTheLastOfDoubles) {
    std::vector<MapEntry> entries = crowded([](const std::string& text) { return hash_of(text); });
    const std::vector<MapEntry> once = entries;
    // Doubles ahead of where the table gives up, and behind it; and keys that are no strings.
    entries.insert(entries.begin() + 2, {once[0].key, Value::string("early")});
    for (std::size_t i = 0; i < 1'000; ++i) {
        entries.push_back({Value::integer(static_cast<int>(i)), Value::string("int")});
        entries.push_back({Value::number(static_cast<double>(i)), Value::string("double")});
        entries.push_back({once[i * 2 + 1].key, Value::string("late")});
    }
    const MapIndex index = MapIndex::of(entries);
    ASSERT_EQ(entries.size(), once.size() + 1'000);
    EXPECT_LE(index.longest_search(entries.size()), 13u);
    expect_all_found(entries, index);
    for (std::size_t i = 0; i < once.size(); ++i) ASSERT_EQ(entries[i].key, once[i].key);
    EXPECT_EQ(entries[0].value, Value::string("early"));
    EXPECT_EQ(entries[1].value, Value::string("late"));
    EXPECT_EQ(entries[2].value, once[2].value);
    for (std::size_t i = once.size(); i < entries.size(); ++i) {
        EXPECT_TRUE(entries[i].key.is(Kind::integer));
        EXPECT_EQ(entries[i].value, Value::string("double"));
    }
}

TEST(MapIndex, IsAMapByEqualityWhateverTheKeysAre) {
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same keys each time
    for (int round = 0; round < 400; ++round) {
        const int meanings = 1 + static_cast<int>(random() % 40);
        const int given = static_cast<int>(random() % 60);
        std::map<std::string, Value> expected;
        std::vector<std::string> order;
        std::vector<MapEntry> entries;
        for (int i = 0; i < given; ++i) {
            auto [name, key] = random_key(random, meanings);
            if (!expected.contains(name)) order.push_back(name);
            expected[name] = Value::integer(i);
            entries.push_back({std::move(key), Value::integer(i)});
        }
        const Value map = Value::map(std::move(entries));
        ASSERT_EQ(map.size(), expected.size()) << round;
        for (std::size_t i = 0; i < order.size(); ++i)
            ASSERT_EQ(map.entries()[i].value, expected[order[i]]) << round;
        for (int i = 0; i < 100; ++i) {
            const auto [name, key] = random_key(random, meanings * 2);
            const Value* found = map.find(key);
            ASSERT_EQ(found != nullptr, expected.contains(name)) << round << " " << name;
            if (found) {
                ASSERT_EQ(*found, expected[name]) << round << " " << name;
            }
        }
    }
}
