#include "vault/sealer.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tappet::vault {
namespace {

MasterKey key_of(std::uint8_t byte) {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(byte);
    return MasterKey(bytes);
}

TEST(Sealer, OpensWhatItSealed) {
    const auto sealer = make_sealer(key_of(1));
    for (const std::string& plain :
         {std::string(), std::string("x"), std::string("s3cret"), std::string(100'000, '\0')}) {
        const std::string sealed = sealer->seal(plain, "run-1");
        const auto opened = sealer->open(sealed, "run-1");
        ASSERT_TRUE(opened);
        EXPECT_EQ(*opened, plain);
        EXPECT_EQ(sealed.size(), plain.size() + 33);
        if (plain.size() > 1) {
            EXPECT_EQ(sealed.find(plain), std::string::npos);
        }
    }
}

TEST(Sealer, OpensWithoutAssociatedDataWhatWasSealedWithout) {
    const auto sealer = make_sealer(key_of(1));
    EXPECT_TRUE(sealer->open(sealer->seal("x", ""), ""));
    EXPECT_FALSE(sealer->open(sealer->seal("x", ""), "a"));
}

TEST(Sealer, NeverSealsTheSameTextAlike) {
    const auto sealer = make_sealer(key_of(1));
    std::set<std::string> all;
    for (int i = 0; i < 1'000; ++i) all.insert(sealer->seal("s3cret", "run-1"));
    EXPECT_EQ(all.size(), 1'000u);
}

TEST(Sealer, RefusesATextOfWhichAnyBitWasChanged) {
    const auto sealer = make_sealer(key_of(1));
    const std::string sealed = sealer->seal("s3cret", "run-1");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string damaged = sealed;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
            const auto opened = sealer->open(damaged, "run-1");
            ASSERT_FALSE(opened) << at;
            EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
        }
    }
}

TEST(Sealer, RefusesEveryBeginningAndWhatIsLonger) {
    const auto sealer = make_sealer(key_of(1));
    const std::string sealed = sealer->seal("s3cret", "run-1");
    for (std::size_t size = 0; size < sealed.size(); ++size)
        EXPECT_FALSE(sealer->open(sealed.substr(0, size), "run-1"));
    EXPECT_FALSE(sealer->open(sealed + "x", "run-1"));
}

TEST(Sealer, RefusesATextThatWasMovedToAnotherPlace) {
    const auto sealer = make_sealer(key_of(1));
    const std::string sealed = sealer->seal("s3cret", "run-1");
    for (const char* place : {"", "run-2", "run-1 ", "run-"}) EXPECT_FALSE(sealer->open(sealed, place));
}

TEST(Sealer, SaysThatAnotherKeyIsAskedFor) {
    const auto opened = make_sealer(key_of(2))->open(make_sealer(key_of(1))->seal("s3cret", "a"), "a");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
    for (const std::string& part :
         {std::string("another key"), key_name(key_of(1).id()), key_name(key_of(2).id())})
        EXPECT_NE(opened.error().message.find(part), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace tappet::vault
