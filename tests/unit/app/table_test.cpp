#include "app/table.hpp"

#include <gtest/gtest.h>

namespace tappet::app {
namespace {

const std::string kId = "01a22274-3556-7348-b650-20140aa9a9a2";
const std::vector<Column> kColumns{"TIME", {"HOOK", Fit::name}, {"CODE", Fit::spare},
                                   "ID",   {"WHY", Fit::text},  {"BYTES", Fit::spare}};
const std::vector<std::vector<std::string>> kRows{
    {"10:00", "orders.received", "verification", kId, "the header x-hub-signature-256 is missing", "3"},
    {"10:01", "told.received", "schema", kId, "", "17"}};

std::string shown(std::size_t width, const std::vector<Column>& columns = kColumns,
                  const std::vector<std::vector<std::string>>& rows = kRows) {
    Console console;
    console.terminal = width > 0;
    console.color = false;
    console.width = width;
    return table(console, columns, rows);
}

std::size_t widest(const std::string& text) {
    std::size_t out = 0, begin = 0;
    while (begin < text.size()) {
        const std::size_t end = text.find('\n', begin);
        out = std::max(out, text_width(text.substr(begin, end - begin)));
        begin = end + 1;
    }
    return out;
}

TEST(Table, IsWholeWhereNoTerminalReadsIt) {
    EXPECT_EQ(shown(0),
              "TIME   HOOK             CODE          ID                                    WHY"
              "                                        BYTES\n"
              "10:00  orders.received  verification  " +
                  kId +
                  "  the header x-hub-signature-256 is missing  3\n"
                  "10:01  told.received    schema        " +
                  kId + "                                             17\n");
    EXPECT_EQ(shown(200), shown(0));
}

TEST(Table, CutsTextsThenNamesBeforeItLeavesColumnsOut) {
    const std::string out = shown(116);
    EXPECT_EQ(widest(out), 116u) << out;
    EXPECT_NE(out.find("the header x-hub-signature-256 i…"), std::string::npos) << out;
    EXPECT_NE(out.find("BYTES"), std::string::npos) << out;
}

TEST(Table, LeavesTheLastSpareColumnOutFirst) {
    const std::string out = shown(111);
    EXPECT_LE(widest(out), 111u) << out;
    EXPECT_EQ(out.find("BYTES"), std::string::npos) << out;
    EXPECT_NE(out.find("CODE"), std::string::npos) << out;
}

TEST(Table, GivesTextsALineOfTheirOwnWhereLittleIsLeft) {
    EXPECT_EQ(shown(74),
              "TIME   HOOK             CODE          ID\n"
              "10:00  orders.received  verification  " +
                  kId +
                  "\n  the header x-hub-signature-256 is missing\n"
                  "10:01  told.received    schema        " +
                  kId + "\n");
}

TEST(Table, CutsNamesInTheMiddleAndNeverAnId) {
    const std::string out = shown(55);
    EXPECT_LE(widest(out), 55u) << out;
    EXPECT_NE(out.find("order…ived  " + kId), std::string::npos) << out;
    EXPECT_NE(shown(30).find(kId), std::string::npos) << "it is as wide as it has to be";
}

TEST(Table, CutsBetweenCodePoints) {
    EXPECT_EQ(shown(14, {"A", {"B", Fit::name}}, {{"xx", "äöüäöüäöüäöü"}}), "A   B\nxx  äöüäö…üäöü\n");
    EXPECT_EQ(shortened("äöü", 2), "ä…");
    EXPECT_EQ(shortened_within("äöü", 2), "ä…");
    EXPECT_EQ(shortened_within("abc", 1), "…");
    EXPECT_EQ(shortened_within("abc", 3), "abc");
}

TEST(Table, AddressesAreWholeOnALineBelow) {
    const std::string address = "http://127.0.0.1:8420/hooks/default/orders/received";
    EXPECT_EQ(shown(40, {"HOOK", {"ADDRESS", Fit::below}}, {{"orders.received", address}}),
              "HOOK\norders.received\n  " + address + "\n");
}

}  // namespace
}  // namespace tappet::app
