#include "flowtest/coverage.hpp"

#include "flowtest/document.hpp"
#include "rig.hpp"

namespace tappet::flowtest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> missed(const std::vector<Coverage::Point>& points) {
    std::vector<std::string> out;
    for (const auto& point : points)
        if (!point.hit) out.push_back(point.name);
    return out;
}

constexpr const char* kFlow = R"yaml(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none }, filter: trigger.body.go } ]
steps:
  - id: each
    forEach: trigger.body.items
    as: n
    do:
      - { id: a, if: n > 1, uses: test/effect }
  - id: b
    uses: test/effect
    onError: [ { uses: core/log, with: { message: b failed } } ]
  - { id: c, uses: test/effect, onError: continue }
onError: [ { id: last, uses: core/log, with: { message: failed } } ]
)yaml";

TEST(Coverage, CountsEachStepAndEachBranchOnce) {
    Rig rig;
    const auto plan = rig.compiled(kFlow);
    const Coverage coverage(plan);
    EXPECT_THAT(missed(coverage.steps()), ElementsAre("each", "each[*].a", "b", "b.onError[0]", "c", "last"));
    EXPECT_THAT(missed(coverage.branches()),
                ElementsAre("received filter true", "received filter false", "each[*].a if true",
                            "each[*].a if false", "b onError", "c onError", "onError"));
    EXPECT_EQ(coverage.percent(), 0);
}

TEST(Coverage, KnowsWhatTheCasesOfAFlowWentThroughTogether) {
    Rig rig;
    rig.play(kFlow, R"yaml(
cases:
  - name: one item that is skipped
    trigger: { received: { body: { go: true, items: [1] } } }
    expect: { run: succeeded }
)yaml");
    EXPECT_THAT(missed(rig.coverage->steps()), ElementsAre("each[*].a", "b.onError[0]", "last"));
    EXPECT_THAT(missed(rig.coverage->branches()), ElementsAre("received filter false", "each[*].a if true",
                                                              "b onError", "c onError", "onError"));
    rig.play(kFlow, R"yaml(
cases:
  - name: handlers
    trigger: [ { received: { body: { go: false } } }, { received: { body: { go: true, items: [1, 2] } } } ]
    mocks: { b: { error: { class: auth } }, c: { error: { class: auth } } }
    expect: { run: succeeded }
  - name: the flow's handler
    trigger: { received: { body: { go: true, items: [2] } } }
    mocks: { a: { error: { class: auth } } }
    expect: { run: failed }
)yaml");
    EXPECT_THAT(missed(rig.coverage->steps()), IsEmpty());
    EXPECT_THAT(missed(rig.coverage->branches()), IsEmpty());
    EXPECT_EQ(rig.coverage->percent(), 100);
}

TEST(Coverage, ItsDocumentNamesWhatWasMissedWithTheLine) {
    Rig rig;
    const Coverage coverage(rig.compiled(kFlow));
    const Value document = coverage_document(coverage, "flows/tested.yaml");
    EXPECT_EQ(document.find("steps")->find("all")->as_integer(), 6);
    EXPECT_EQ(document.find("branches")->find("all")->as_integer(), 7);
    const Value& first = document.find("missed")->items()[0];
    EXPECT_EQ(first.find("kind")->as_string(), "step");
    EXPECT_EQ(first.find("name")->as_string(), "each");
    EXPECT_EQ(first.find("line")->as_integer(), 5);
}

}  // namespace
}  // namespace tappet::flowtest
