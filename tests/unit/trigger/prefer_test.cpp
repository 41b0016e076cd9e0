#include "trigger/prefer.hpp"

#include <gtest/gtest.h>

namespace tappet::trigger {
namespace {

using namespace std::chrono_literals;

std::chrono::milliseconds of(std::initializer_list<const char*> prefer) {
    http::Headers headers;
    for (const char* text : prefer) headers.add("prefer", text);
    return patience(headers, 30s);
}

TEST(Prefer, WithoutAWordTheTriggersTimeHolds) {
    EXPECT_EQ(of({}), 30s);
    EXPECT_EQ(of({"return=minimal, handling=lenient"}), 30s);
}

TEST(Prefer, RespondAsyncIsNotWaitedForUnlessATimeIsGiven) {
    EXPECT_EQ(of({"respond-async"}), 0s);
    EXPECT_EQ(of({"Respond-Async; foo=\"bar\""}), 0s);
    EXPECT_EQ(of({"respond-async, wait=10"}), 10s);
    EXPECT_EQ(of({"respond-async", "wait = \"5\""}), 5s);
}

TEST(Prefer, WaitIsAtMostWhatTheTriggerGives) {
    EXPECT_EQ(of({"wait=10"}), 10s);
    EXPECT_EQ(of({"wait=0"}), 0s);
    EXPECT_EQ(of({"wait=3600"}), 30s);
    EXPECT_EQ(of({"wait=99999999999999"}), 30s);
    EXPECT_EQ(of({"wait=1, wait=2"}), 1s);
}

TEST(Prefer, WhatIsMalformedCountsForNothing) {
    for (const char* text :
         {"wait", "wait=", "wait=-1", "wait=x", "wait=99999999999999999999", ",,=,;", "\"wait=1"})
        EXPECT_EQ(of({text}), 30s) << text;
}

}  // namespace
}  // namespace tappet::trigger
