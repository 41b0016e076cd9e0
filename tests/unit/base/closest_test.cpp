#include "base/closest.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

using namespace tappet;

TEST(EditDistance, CountsSlipsAndNeighboursSwappedAsOne) {
    EXPECT_EQ(edit_distance("", ""), 0u);
    EXPECT_EQ(edit_distance("", "abc"), 3u);
    EXPECT_EQ(edit_distance("abc", ""), 3u);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
    EXPECT_EQ(edit_distance("tirgger", "trigger"), 1u);
    EXPECT_EQ(edit_distance("ab", "ba"), 1u);
    EXPECT_EQ(edit_distance("steps", "setps"), 1u);
}

TEST(EditDistance, DoesNotCountTheCaseOfLetters) {
    EXPECT_EQ(edit_distance("companyid", "companyId"), 0u);
    EXPECT_EQ(edit_distance("Tirgger", "tRigger"), 1u) << "nor that of neighbours swapped";
}

TEST(Closest, NamesTheNearestKnownWord) {
    const std::vector<std::string> known = {"title", "triggers", "timeout", "steps"};
    EXPECT_EQ(closest("trigers", known), "triggers");
    EXPECT_EQ(closest("tiemout", known), "timeout");
    EXPECT_EQ(closest("step", known), "steps");
    EXPECT_EQ(closest("Steps", known), "steps");
}

TEST(Closest, IsEmptyWhenNothingIsNear) {
    const std::vector<std::string> known = {"title", "triggers"};
    EXPECT_EQ(closest("outputs", known), "");
    EXPECT_EQ(closest("x", known), "");
    EXPECT_EQ(closest("title", std::vector<std::string>{}), "");
}

TEST(Closest, TakesTheFirstOfEquallyNearWords) {
    const std::vector<std::string_view> known = {"cat", "bat"};
    EXPECT_EQ(closest("rat", known), "cat");
}

TEST(Closest, DoesNotReplaceEveryLetterOfAShortWord) {
    EXPECT_EQ(closest("a", std::vector<std::string>{"b"}), "");
    EXPECT_EQ(closest("ab", std::vector<std::string>{"cd"}), "");
}

TEST(Closest, IsNotTheWordItself) {
    EXPECT_EQ(closest("title", std::vector<std::string>{"title", "titles"}), "titles");
}

TEST(Closest, DoesNotCompareLongWords) {
    EXPECT_EQ(closest(std::string(65, 'a'), std::vector<std::string>{std::string(64, 'a')}), "");
    EXPECT_EQ(closest(std::string(64, 'a'), std::vector<std::string>{std::string(65, 'a')}), "");
}
