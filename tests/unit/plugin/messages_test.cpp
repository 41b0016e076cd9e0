#include "plugin/child/messages.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tappet::plugin::child {
namespace {

/// What a value comes to on the other side, as the result of a call.
std::optional<Value> crossed(const Value& value) {
    AnswerMessage message;
    message.id = 7;
    message.outcome = value;
    auto read = read_answer(write(message));
    if (!read) return std::nullopt;
    return std::get<Value>(read->outcome);
}

TEST(Messages, EveryKindOfValueCrossesAsItIs) {
    const Value all = Value::object({{"null", Value::null()},
                                     {"yes", Value::boolean(true)},
                                     {"int", Value::integer(std::numeric_limits<std::int64_t>::min())},
                                     {"uint", Value::uint(std::numeric_limits<std::uint64_t>::max())},
                                     {"double", Value::number(1.0)},
                                     {"text", Value::string("\u00e4")},
                                     {"bytes", Value::bytes(std::string_view("\0\xff", 2))},
                                     {"time", Value::timestamp(1, 2)},
                                     {"span", Value::duration(-1, -2)},
                                     {"list", Value::list({Value::integer(1), Value::list({})})}});
    const auto read = crossed(all);
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, all);
    EXPECT_TRUE(read->find("uint")->is(Kind::uint));
    EXPECT_TRUE(read->find("double")->is(Kind::number));
}

TEST(Messages, AMarkStaysWhereItIs) {
    const auto read =
        crossed(Value::object({{"open", Value::string("a")}, {"token", Value::string("b").as_secret()}}));
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->find("token")->secret());
    EXPECT_FALSE(read->find("open")->holds_secret());
}

TEST(Messages, AResultThatNoBuilderMakesDoesNotRead) {
    EXPECT_FALSE(crossed(Value::string("\xff")));
    EXPECT_FALSE(crossed(Value::list({Value::type("int")})));
    EXPECT_FALSE(crossed(Value::map({{Value::integer(1), Value::null()}})));
    EXPECT_FALSE(crossed(Value::object({{"\xff", Value::null()}})));
}

TEST(Messages, WhatIsCutOffDoesNotRead) {
    CallMessage call;
    call.id = 300;
    call.index = 2;
    call.context.tenant = "default";
    call.context.step = "aStep";
    call.context.deadline = TimeMs{5};
    call.input = Value::object({{"a", Value::list({Value::string("b"), Value::integer(1)})}});
    const std::string whole = write(call);
    const auto read = read_call(whole);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->input, call.input);
    EXPECT_EQ(read->context.step, "aStep");
    EXPECT_EQ(read->context.deadline->ms, 5);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(read_call(whole.substr(0, size))) << size;
    EXPECT_FALSE(read_call(whole + "x"));
}

TEST(Messages, AListThatClaimsMoreThanThereIsDoesNotRead) {
    // A result that is a list of 2^56 items, of which none follows.
    EXPECT_FALSE(read_answer(std::string("\x07\x01\x07\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12)));
}

TEST(Messages, OneWithMoreValuesThanItMayHoldDoesNotRead) {
    AnswerMessage answer;
    answer.id = 300;
    answer.outcome = Value::list({Value::object({{"a", Value::integer(1)}}), Value::null().as_secret()});
    EXPECT_TRUE(read_answer(write(answer), 5)) << "the list, the map, its key, its value, the null";
    EXPECT_FALSE(read_answer(write(answer), 4));
    EXPECT_EQ(answered_call(write(answer)), 300u);
    EXPECT_FALSE(answered_call(""));
    Ask ask;
    ask.what = Value::list({Value::null()});
    EXPECT_TRUE(read_ask(write(ask), 2));
    EXPECT_FALSE(read_ask(write(ask), 1));
    LogLine line;
    line.message = "a line";
    EXPECT_TRUE(read_log(write(line)));
    MetricUpdate figure;
    figure.labels.assign(100, {"name", "value"});
    EXPECT_FALSE(read_metric(write(figure))) << "no plugin's has as many labels";
}

TEST(Messages, AFigureWhoseWordsAreNoTextDoesNotRead) {
    MetricUpdate figure;
    figure.name = "sent";
    figure.labels = {{"to", "\u00e4"}};
    EXPECT_TRUE(read_metric(write(figure)));
    const std::string no_text = "\xff";
    MetricUpdate name = figure, label = figure, value = figure;
    name.name = no_text;
    label.labels[0].first = no_text;
    value.labels[0].second = no_text;
    EXPECT_FALSE(read_metric(write(name)));
    EXPECT_FALSE(read_metric(write(label)));
    EXPECT_FALSE(read_metric(write(value)));
}

TEST(Messages, ARequestWithANegativeTimeIsNone) {
    http::ClientRequest request;
    request.url = "http://a.test/";
    EXPECT_TRUE(request_of(value_of(request)));
    request.timeout = std::chrono::milliseconds(-1);
    EXPECT_FALSE(request_of(value_of(request)));
}

}  // namespace
}  // namespace tappet::plugin::child
