#include "base/network.hpp"

#include <gtest/gtest.h>

namespace tappet {
namespace {

bool holds(const char* network, const char* address) {
    const auto range = Network::parse(network);
    const auto bytes = read_address(address);
    return range && bytes && range->holds(*bytes);
}

TEST(Network, HoldsTheAddressesOfItsPrefix) {
    EXPECT_TRUE(holds("192.0.2.0/24", "192.0.2.255"));
    EXPECT_FALSE(holds("192.0.2.0/24", "192.0.3.0"));
    EXPECT_TRUE(holds("192.0.2.77/24", "192.0.2.1"));
    EXPECT_TRUE(holds("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(holds("10.0.0.5", "10.0.0.5"));
    EXPECT_FALSE(holds("10.0.0.5", "10.0.0.4"));
    EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
    EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(holds("::/0", "203.0.113.9"));
}

TEST(Network, BothSpellingsOfAnAddressAreOne) {
    EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    EXPECT_TRUE(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
}

TEST(Network, WhatIsNoneIsQuoted) {
    for (const char* text :
         {"", "/", "/8", "300.1.1.1", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x",
          "10.0.0.0/8/8", "::/129", "fe80::1%1/64", "app.internal", " ::1"}) {
        const auto read = Network::parse(text);
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::invalid);
        EXPECT_TRUE(read.error().message.starts_with(text)) << read.error().message;
    }
}

}  // namespace
}  // namespace tappet
