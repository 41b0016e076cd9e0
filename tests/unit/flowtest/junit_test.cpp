#include "flowtest/junit.hpp"

#include <gmock/gmock.h>

namespace tappet::flowtest {
namespace {

TEST(Junit, TextsAreWhatXmlMayHoldWhateverTheyAre) {
    EXPECT_EQ(xml_text("<a b=\"c\">&'"), "&lt;a b=&quot;c&quot;&gt;&amp;'");
    EXPECT_EQ(xml_text("a\n\tb\r"), "a&#10;&#9;b&#13;");
    EXPECT_EQ(xml_text(std::string_view("\0\x01\x1f]]>", 6)), "\uFFFD\uFFFD\uFFFD]]&gt;");
    EXPECT_EQ(xml_text("\xff\xc3"), "\uFFFD\uFFFD");
    EXPECT_EQ(xml_text("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"), "\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(xml_text("Grüße 🎉"), "Grüße 🎉");
}

TEST(Junit, HasASuiteForEachFileAndAnErrorForOneThatIsInvalid) {
    SuiteResult good;
    good.file = "a.test.yaml";
    good.flow = "a";
    good.cases.push_back({"holds <&>", {{3, 1}, {3, 2}}, {}, {}, {}, std::chrono::microseconds(1500)});
    good.cases.push_back({"does not",
                          {{9, 1}, {9, 2}},
                          {{"run", "\"succeeded\"", "\"failed\"", {{12, 5}, {}}}},
                          {"a note"},
                          {},
                          {}});
    SuiteResult bad;
    bad.file = "b.test.yaml";
    bad.findings.push_back(
        {"b.test.yaml", {{2, 3}, {2, 4}}, flow::Severity::error, "unknown-key", "no key `x`", ""});
    EXPECT_EQ(junit({good, bad}), R"xml(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tappet test">
  <testsuite name="a.test.yaml" tests="2" failures="1" errors="0" time="0.001500">
    <testcase name="holds &lt;&amp;&gt;" classname="a" file="a.test.yaml" line="3" time="0.001500"/>
    <testcase name="does not" classname="a" file="a.test.yaml" line="9" time="0.000000">
      <failure message="run: expected &quot;succeeded&quot;" type="expectation">a.test.yaml:12:5: run: expected &quot;succeeded&quot;, got &quot;failed&quot;</failure>
      <system-out>a note&#10;</system-out>
    </testcase>
  </testsuite>
  <testsuite name="b.test.yaml" tests="1" failures="0" errors="1" time="0.000000">
    <testcase name="is valid" classname="b.test.yaml" file="b.test.yaml" time="0">
      <error message="no key `x`" type="unknown-key">b.test.yaml:2:3: error: no key `x` [unknown-key]</error>
    </testcase>
  </testsuite>
</testsuites>
)xml");
}

}  // namespace
}  // namespace tappet::flowtest
