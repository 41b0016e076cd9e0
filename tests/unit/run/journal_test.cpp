#include "run/journal.hpp"

#include <gtest/gtest.h>

#include "expr/json.hpp"
#include "run_rig.hpp"
#include "support/test_sealer.hpp"

namespace tappet::run {
namespace {

using test::kRun;
const test::TestSealer kSealer;
const flow::RunError kError{flow::ErrorClass::stopped, "a.code", "why", 418, "each[2].a"};
const StepAddress kDeep{{{0, 7}, {300, 4'000'000'000}}, 12};

std::vector<Entry> one_of_each() {
    RunStarted start;
    start.id = kRun;
    start.tenant = "acme";
    start.flow = "a-flow";
    start.version = 17;
    start.trigger = "received";
    start.event = Value::object({{"token", Value::string("s3cret").as_secret()}});
    start.config = Value::object({{"Base URL", Value::string("x")}});
    start.labels = {{"company", "C1"}, {"team", ""}};
    start.attempt = 3;
    start.synchronous = true;
    start.queued = true;
    const TimeMs t{1'700'000'000'123};
    return {
        {t, start},
        {t, StepStarted{kDeep, 2}},
        {{t.ms + 5}, StepSucceeded{kDeep, 2, t, Value::number(0.5)}},
        {{t.ms + 9}, StepFailed{kDeep, 1, t, kError, {t.ms + 60'000}}},
        {{t.ms + 9}, StepFailed{kDeep, 1, t, kError, {}}},
        {{t.ms + 3}, StepSkipped{{{}, 4}}},  // the clock was set back
        {t, StepCancelled{{{}, 0}}},
        {t, ItemFinished{{{}, 1}, 9, StepStatus::failed, kError}},
        {t, ItemFinished{{{}, 1}, 8, StepStatus::succeeded, {}}},
        {t, Responded{201, Value::object({{"x-a", Value::string("b")}}), Value::string("hi"), "text/plain"}},
        {t, RunFailing{kError}},
        {t, RunFinished{RunStatus::cancelled, Value::integer(4), kError}},
        {t, RunFinished{RunStatus::succeeded, {}, {}}},
        {t, Logged{4, "each[0].a", "a line"}},
        {t, RunCrashed{"each[0].a", "acme", "SIGSEGV", {t.ms - 90'000}}},
        {t, RunReleased{}}};
}

TEST(Journal, EveryEntryComesBackAsItWas) {
    const auto entries = one_of_each();
    const auto back = decode_row(kRun, encode_row(kRun, entries, &kSealer), &kSealer);
    ASSERT_TRUE(back);
    ASSERT_EQ(back->size(), entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        EXPECT_EQ((*back)[i].time, entries[i].time);
        EXPECT_EQ((*back)[i].body.index(), entries[i].body.index());
    }
    EXPECT_EQ(encode_row(kRun, *back, &kSealer), encode_row(kRun, entries, &kSealer));
}

TEST(Journal, TheBeginningOfARunComesBackWithAllItsFields) {
    const auto back = decode_row(kRun, encode_row(kRun, {one_of_each().front()}, &kSealer), &kSealer);
    ASSERT_TRUE(back);
    const auto& start = std::get<RunStarted>(back->front().body);
    EXPECT_EQ(start.id, kRun);
    EXPECT_EQ(start.tenant, "acme");
    EXPECT_EQ(start.flow, "a-flow");
    EXPECT_EQ(start.version, 17u);
    EXPECT_EQ(start.trigger, "received");
    EXPECT_TRUE(start.event.find("token")->secret());
    EXPECT_EQ(start.labels.size(), 2u);
    EXPECT_EQ(start.attempt, 3u);
    EXPECT_TRUE(start.synchronous);
}

TEST(Journal, FailuresComeBackWithTheirErrorsAndTimes) {
    const auto back = decode_row(kRun, encode_row(kRun, one_of_each(), &kSealer), &kSealer);
    ASSERT_TRUE(back);
    const auto& again = std::get<StepFailed>((*back)[3].body);
    EXPECT_EQ(again.at, kDeep);
    EXPECT_EQ(again.error, kError);
    EXPECT_EQ(again.started.ms, 1'700'000'000'123);
    EXPECT_EQ(again.retry_at.ms, 1'700'000'060'123);
    EXPECT_EQ(std::get<StepFailed>((*back)[4].body).retry_at.ms, 0);
    EXPECT_EQ(std::get<ItemFinished>((*back)[7].body).error, kError);
}

TEST(Journal, ARowHoldsNoSecretInPlain) {
    EXPECT_EQ(encode_row(kRun, one_of_each(), &kSealer).find("s3cret"), std::string::npos);
}

TEST(Journal, ASealedRowOfAnotherRunIsCorrupt) {
    const RunId other = *Uuid::parse("018bcfe5-6800-7000-8000-0000000000bb");
    const auto back = decode_row(other, encode_row(kRun, one_of_each(), &kSealer), &kSealer);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::corrupt);
}

TEST(Journal, ARowThatWasCutIsCorruptOrEndsAfterAnEntry) {
    const auto entries = one_of_each();
    const std::string row = encode_row(kRun, entries, &kSealer);
    std::size_t whole = 0;
    for (std::size_t length = 0; length < row.size(); ++length) {
        const auto back = decode_row(kRun, row.substr(0, length), &kSealer);
        if (!back) {
            EXPECT_EQ(back.error().code, ErrorCode::corrupt);
            continue;
        }
        ++whole;
        const std::vector<Entry> first(entries.begin(),
                                       entries.begin() + static_cast<std::ptrdiff_t>(back->size()));
        EXPECT_EQ(encode_row(kRun, first, &kSealer).size(), length);
    }
    EXPECT_EQ(whole, entries.size());
}

TEST(Journal, ARowWithAByteOfRubbishInItNeverEndsTheProcess) {
    const std::string row = encode_row(kRun, one_of_each(), &kSealer);
    for (std::size_t at = 0; at < row.size(); ++at) {
        for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
            std::string damaged = row;
            damaged[at] = static_cast<char>(damaged[at] ^ flip);
            (void)decode_row(kRun, damaged, &kSealer);
        }
    }
}

TEST(Journal, StatusesAndClassesThatThereAreNotAreCorruptNotGuessed) {
    const auto refuse = [](EntryBody body, std::uint8_t from) {
        const std::string good = encode_row(kRun, {{{}, std::move(body)}}, nullptr);
        std::string row = good;
        const std::size_t at = row.find(static_cast<char>(from), 3);  // after version, kind and time
        ASSERT_NE(at, std::string::npos);
        row[at] = '\x40';
        EXPECT_TRUE(decode_row(kRun, good, nullptr));
        EXPECT_FALSE(decode_row(kRun, row, nullptr));
    };
    refuse(RunFinished{RunStatus::cancelled, {}, {}}, static_cast<std::uint8_t>(RunStatus::cancelled));
    refuse(ItemFinished{{{}, 1}, 1, StepStatus::failed, {}}, static_cast<std::uint8_t>(StepStatus::failed));
    refuse(RunFailing{{flow::ErrorClass::internal, "", "", 0, ""}},
           static_cast<std::uint8_t>(flow::ErrorClass::internal));
}

TEST(Journal, AnUnknownKindOfEntryIsCorrupt) {
    std::string row = encode_row(kRun, {}, nullptr);
    row += std::string("\x0b\x00", 2);
    const auto back = decode_row(kRun, row, nullptr);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::corrupt);
}

TEST(Journal, ARowOfALaterVersionIsAConflictNotDamage) {
    std::string row = encode_row(kRun, one_of_each(), &kSealer);
    row[0] = 2;
    const auto back = decode_row(kRun, row, &kSealer);
    ASSERT_FALSE(back);
    EXPECT_EQ(back.error().code, ErrorCode::conflict);
    row[0] = 0;
    EXPECT_EQ(decode_row(kRun, row, &kSealer).error().code, ErrorCode::corrupt);
}

TEST(Journal, TheDetailOfAListComesBack) {
    const RunDetail detail{Value::object({{"n", Value::string("s3cret").as_secret()}}), kError};
    const std::string bytes = encode_detail(kRun, detail, &kSealer);
    EXPECT_EQ(bytes.find("s3cret"), std::string::npos);
    const auto back = decode_detail(kRun, bytes, &kSealer);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->outputs, detail.outputs);
    EXPECT_EQ(back->error, kError);
    EXPECT_TRUE(encode_detail(kRun, {}, &kSealer).empty());
    EXPECT_TRUE(decode_detail(kRun, "", &kSealer));
    EXPECT_FALSE(decode_detail(kRun, bytes.substr(0, bytes.size() - 1), &kSealer));
}

}  // namespace
}  // namespace tappet::run
