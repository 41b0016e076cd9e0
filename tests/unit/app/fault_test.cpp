#include "app/fault.hpp"

#include <gtest/gtest.h>

#include "app/fault_line.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::app {
namespace {

const std::string kLine = "1 018bcfe5-6800-7000-8000-0000000000aa 1700000000123 SIGSEGV abc acme each[0].a";

std::string text(const FaultLine& line) { return {line.data(), line.size()}; }

TEST(FaultLine, WritesNumbersWordsAndIdentifiers) {
    const Uuid id = *Uuid::parse("018bcfe5-6800-7000-8000-0000000000aa");
    FaultLine line;
    line.add_hex(id.bytes.data(), id.bytes.size());
    line.add(" ");
    line.add_number(0);
    line.add(" ");
    line.add_number(18'446'744'073'709'551'615u);
    line.add(" ");
    line.add_word("");
    line.add(" ");
    line.add_word("a b\nc\x80");
    EXPECT_EQ(text(line), "018bcfe5-6800-7000-8000-0000000000aa 0 18446744073709551615 - a?b?c?");
}

TEST(FaultLine, CutsWhatDoesNotFitAndEndsTheLine) {
    FaultLine line;
    for (int i = 0; i < 10; ++i) line.add_word(std::string(1'000, 'x'));
    line.add("\n");
    EXPECT_EQ(line.size(), 1'024u);
    EXPECT_EQ(text(line).back(), '\n');
}

TEST(Fault, IsReadAsItWasWritten) {
    const auto fault = parse_fault(kLine);
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->run.text(), "018bcfe5-6800-7000-8000-0000000000aa");
    EXPECT_EQ(fault->at.ms, 1'700'000'000'123);
    EXPECT_EQ(fault->what, "SIGSEGV");
    EXPECT_EQ(fault->hash, "abc");
    EXPECT_EQ(fault->plugin, "acme");
    EXPECT_EQ(fault->step, "each[0].a");
}

TEST(Fault, WhatIsNotKnownIsEmpty) {
    const auto fault = parse_fault("1 018bcfe5-6800-7000-8000-0000000000aa 5 exit - - -");
    ASSERT_TRUE(fault);
    EXPECT_EQ(fault->plugin + fault->hash + fault->step, "");
}

TEST(Fault, LinesThatAreTornOrOfALaterVersionAreLeftOut) {
    for (const std::string& line : {std::string(), std::string("1"), kLine.substr(0, 40),
                                    "2" + kLine.substr(1), std::string("1 x 5 exit - - -"),
                                    std::string("1 018bcfe5-6800-7000-8000-0000000000aa 5x exit - - -")})
        EXPECT_FALSE(parse_fault(line)) << line;
}

TEST(FaultFile, IsReadAtTheStartAndEmptiedWhenToldTo) {
    const test::TemporaryFolder folder;
    test::write_text(folder / "fault", "nonsense\n" + kLine + "\n" + kLine);
    {
        auto file = FaultFile::open(folder.path());
        ASSERT_TRUE(file);
        ASSERT_EQ((*file)->past().size(), 1u) << "the last line has no end";
    }
    EXPECT_FALSE(test::read_text(folder / "fault").empty()) << "not counted yet";
    auto file = FaultFile::open(folder.path());
    (*file)->forget();
    EXPECT_TRUE(test::read_text(folder / "fault").empty());
}

}  // namespace
}  // namespace tappet::app
