#include <gtest/gtest.h>

#include "http/client.hpp"

using tappet::http::Guard;

namespace {

bool allowed(const std::string& address, const std::vector<std::string>& entries = {},
             const std::string& host = "h.test") {
    return Guard::create(entries).value().allows(host, address);
}

class GuardRefuses : public testing::TestWithParam<const char*> {};
class GuardAdmits : public testing::TestWithParam<const char*> {};

TEST_P(GuardRefuses, AddressesThatAreNoPublicHost) {
    EXPECT_FALSE(allowed(GetParam()));
    EXPECT_FALSE(Guard().allows("h.test", GetParam()));
}
TEST_P(GuardAdmits, PublicAddresses) {
    EXPECT_TRUE(allowed(GetParam()));
    EXPECT_TRUE(Guard().allows("h.test", GetParam()));
}

INSTANTIATE_TEST_SUITE_P(
    Guard, GuardRefuses,
    testing::Values("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
                    "127.0.0.1", "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
                    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
                    "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
                    "::", "::1", "::7f00:1", "::a00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
                    "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
                    "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:db8::1",
                    "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1",
                    "fd00:ec2::254", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1", "not an address", "0x7f.1",
                    "2130706433", ""));
INSTANTIATE_TEST_SUITE_P(Guard, GuardAdmits,
                         testing::Values("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255",
                                         "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
                                         "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8",
                                         "64:ff9b::808:808", "2002:808:808::1", "2606:4700::1111",
                                         "2a00:1450::1", "2001:4860:4860::8888"));

TEST(Guard, AdmitsWhatANetworkInItsListHolds) {
    EXPECT_TRUE(allowed("10.1.2.3", {"10.0.0.0/8"}));
    EXPECT_TRUE(allowed("10.1.2.3", {"10.1.2.3"}));
    EXPECT_FALSE(allowed("10.1.2.4", {"10.1.2.3"}));
    EXPECT_FALSE(allowed("10.1.2.129", {"10.1.2.0/25"}));
    EXPECT_TRUE(allowed("10.1.2.127", {"10.1.2.0/25"}));
    EXPECT_TRUE(allowed("127.0.0.1", {"0.0.0.0/0"}));
    EXPECT_TRUE(allowed("::1", {"::1/128"}));
    EXPECT_FALSE(allowed("::1", {"0.0.0.0/0"}));
    EXPECT_TRUE(allowed("fd00:1:2::9", {"fd00:1:2::/47"}));
    EXPECT_FALSE(allowed("fd00:1:4::9", {"fd00:1:2::/47"}));
}

TEST(Guard, SeesAnIpv4AddressBehindEachIpv6FormOfIt) {
    EXPECT_TRUE(allowed("::ffff:10.0.0.1", {"10.0.0.0/8"}));
    EXPECT_TRUE(allowed("10.0.0.1", {"::ffff:10.0.0.0/104"}));
    EXPECT_TRUE(allowed("64:ff9b::a00:1", {"10.0.0.0/8"}));
    EXPECT_FALSE(allowed("::a00:1", {"10.0.0.0/8"}));
}

TEST(Guard, AdmitsWhateverANameInItsListResolvesTo) {
    EXPECT_TRUE(allowed("10.0.0.1", {"app.internal"}, "app.internal"));
    EXPECT_TRUE(allowed("10.0.0.1", {"App.Internal."}, "APP.internal."));
    EXPECT_FALSE(allowed("10.0.0.1", {"app.internal"}, "app.internal.evil.test"));
    EXPECT_FALSE(allowed("10.0.0.1", {"app.internal"}, "x.app.internal"));
    EXPECT_TRUE(allowed("10.0.0.1", {"*.internal"}, "a.b.internal"));
    EXPECT_FALSE(allowed("10.0.0.1", {"*.internal"}, "internal"));
    EXPECT_FALSE(allowed("10.0.0.1", {"*.internal"}, "evilinternal"));
    EXPECT_FALSE(allowed("nonsense", {"app.internal"}, "app.internal"));
}

TEST(Guard, NamesTheEntryThatIsNoAddressNetworkOrName) {
    for (const char* entry :
         {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "10.0.0", "256.1.1.1", "0x7f.1", "*",
          "*.", "a b", "a..b", ".a", "a/8", "http://a", "*.*.a", "fe80::1%eth0", "a:80"}) {
        const auto made = Guard::create({"10.0.0.0/8", entry});
        ASSERT_FALSE(made.has_value()) << entry;
        EXPECT_NE(made.error().message.find("\"" + std::string(entry) + "\""), std::string::npos)
            << made.error().message;
    }
}

}  // namespace
