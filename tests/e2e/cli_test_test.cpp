// `tappet test`: exit codes and forms of output. What cases mean is tested in tests/unit/flowtest.
#include <gmock/gmock.h>

#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kGreet = R"yaml(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none }, dedupe: { key: trigger.body.name } } ]
steps:
  - { id: hello, uses: core/map, with: { value: "Hello, ${{ trigger.body.name }}" } }
  - id: tell
    if: "!trigger.body.?silent.orValue(false)"
    uses: core/http
    with: { method: POST, url: "http://127.0.0.1:1/", text: "${{ stepResults.hello.results }}" }
    retry: { maxAttempts: 3, initial: 1h, cap: 1d, factor: 10, jitter: none }
)yaml";

constexpr const char* kHolds = R"yaml(test: greet
cases:
  - name: an unavailable peer is tried again for half a day
    trigger: { received: { file: ada.json } }
    mocks: { tell: { error: { class: unavailable } } }
    expect: { run: failed, steps: { tell: { attempts: 3, waited: 11h } }, calls: { core/http: [ { text: "Hello, Ada" }, {}, {} ] } }
  - name: nothing leaves the process
    trigger: { received: { file: ada.json } }
    expect: { run: succeeded, steps: { tell: { results: { status: 200 } } } }
)yaml";

class CliTest : public ::testing::Test {
protected:
    CliTest() {
        place_.flow("greet", kGreet);
        place_.file("flows/ada.json", R"({"name":"Ada"})");
    }
    Ended test(Words words, const Variables& variables = {}) {
        words.insert(words.begin(), "test");
        return place_.run(words, variables);
    }
    Place place_;
};

TEST_F(CliTest, PlaysTheTestsOfAFolderAndEndsWith0WhenAllHold) {
    place_.file("flows/greet.test.yaml", kHolds);
    const Ended ended = test({"flows"});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    EXPECT_THAT(ended.out, AllOf(HasSubstr("✔ an unavailable peer is tried again for half a day"),
                                 HasSubstr("step tell is not mocked: core/http was not called"),
                                 HasSubstr("✔ 2 cases in 1 file"), HasSubstr("11h00m of virtual time")));
    EXPECT_EQ(test({"flows/greet.test.yaml"}).code, 0) << "a file is found beside its flow";
    EXPECT_EQ(test({}).code, 0) << "here, where nothing is said";
}

TEST_F(CliTest, SaysWhatWasExpectedAndWhatCameAndEndsWith1) {
    place_.file("flows/greet.test.yaml", R"yaml(test: ./greet.yaml
cases:
  - name: fails
    secrets: { TOKEN: s3cret-value }
    trigger: { received: { body: { name: s3cret-value } } }
    expect: { steps: { hello: { results: "Bye, s3cret-value" } } }
)yaml");
    const Ended ended = test({"flows"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("✘ fails"), HasSubstr("steps.hello.results  flows/greet.test.yaml:6"),
                      HasSubstr("expected  \"Bye, ••••\""), HasSubstr("got       \"Hello, ••••\""),
                      Not(HasSubstr("s3cret")), HasSubstr("✘ 1 case in 1 file, 1 failed")));
}

TEST_F(CliTest, AnInvalidTestFileOrFlowEndsWith3AndTheOthersAreStillPlayed) {
    place_.file("flows/a.test.yaml",
                "test: gret\ncases: [ { name: one, trigger: { received: }, expect: { runs: 1 } } ]\n");
    place_.file("flows/greet.test.yaml", kHolds);
    Ended ended = test({"flows"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("flows/a.test.yaml:1:7: error:"), HasSubstr("did you mean `greet`?"),
                      HasSubstr("✔ nothing leaves the process"), HasSubstr("1 error")));
    place_.file("flows/a.test.yaml",
                "test: broken\ncases: [ { name: one, trigger: { received: }, expect: { runs: 1 } } ]\n");
    place_.flow("broken", "step: []\n");
    ended = test({"flows", "--format", "json"});
    EXPECT_EQ(ended.code, 3);
    const Value* findings = ended.json.find("findings");
    ASSERT_TRUE(findings && findings->size() > 0) << ended.out;
    EXPECT_EQ(test::text_at(findings->items()[0], {"file"}), "flows/broken.yaml");
}

TEST_F(CliTest, WhereNothingIsFoundItEndsWith5) {
    EXPECT_EQ(test({"flows"}).code, 5);
    EXPECT_EQ(test({"gone"}).code, 5);
    place_.file("flows/greet.test.yaml", kHolds);
    EXPECT_EQ(test({"flows", "--filter", "no such case"}).code, 5);
    EXPECT_THAT(test({"flows", "--filter", "nothing"}).out, HasSubstr("1 case in 1 file"));
    EXPECT_EQ(test({"flows", "--format", "xml"}).code, 2);
}

TEST_F(CliTest, AFlowIsNamedByItsPathWhereTwoHaveTheName) {
    place_.flow("greet", kGreet);
    std::filesystem::create_directories(place_ / "flows/more/tests");
    place_.file("flows/more/greet.yaml", std::string("flow: greet\n") + kGreet);
    place_.file("flows/more/tests/greet.test.yaml", kHolds);
    place_.file("flows/more/tests/ada.json", R"({"name":"Ada"})");
    const Ended ended = test({"flows"});
    EXPECT_EQ(ended.code, 3);
    EXPECT_THAT(ended.out, HasSubstr("flows/greet.yaml, flows/more/greet.yaml"));
    place_.file("flows/more/tests/greet.test.yaml", "test: ../greet.yaml" + std::string(kHolds).substr(11));
    EXPECT_EQ(test({"flows"}).code, 0);
}

/// The code block of a kind that begins behind `from`, which moves behind it.
std::string block(const std::string& text, const std::string& kind, std::size_t& from) {
    const std::size_t begin = text.find("```" + kind + "\n", from) + kind.size() + 4;
    from = text.find("\n```", begin);
    return text.substr(begin, from + 1 - begin);
}

TEST_F(CliTest, TheExampleOfTheHandbookHoldsAndRunsEveryStep) {
    const std::string handbook = test::read_text(std::string(TAPPET_SOURCE_DIR) + "/docs/TESTING.md");
    std::size_t at = 0;
    place_.file("flows/order.yaml", block(handbook, "yaml", at));
    place_.file("flows/order.test.yaml", block(handbook, "yaml", at));
    const Ended ended = test({"flows/order.test.yaml", "--min-coverage", "100"});
    EXPECT_EQ(ended.code, 0) << ended.out << ended.err;
    EXPECT_THAT(ended.out, HasSubstr("✔ 4 cases in 1 file"));
}

TEST_F(CliTest, TellsItsResultsAsJson) {
    place_.file("flows/greet.test.yaml", kHolds);
    const Ended ended = test({"flows", "-o", "json"});
    EXPECT_EQ(ended.code, 0) << ended.err;
    EXPECT_EQ(ended.text({"ok"}), "true");
    EXPECT_EQ(ended.text({"totals", "passed"}), "2");
    EXPECT_EQ(ended.text({"totals", "virtualMs"}), "39600000");
    EXPECT_EQ(ended.text({"coverage"}), "null");
    const Value* files = ended.json.find("files");
    ASSERT_TRUE(files && files->size() == 1) << ended.out;
    EXPECT_EQ(test::text_at(files->items()[0], {"flow"}), "greet");
    EXPECT_EQ(files->items()[0].find("cases")->items()[1].find("notes")->size(), 1u);
}

TEST_F(CliTest, TellsItsResultsAsJunitReadsThem) {
    place_.file("flows/greet.test.yaml", kHolds);
    const Ended ended = test({"flows", "--format", "junit"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_TRUE(ended.out.starts_with("<?xml version=\"1.0\"")) << ended.out;
    EXPECT_THAT(ended.out, HasSubstr("<testsuite name=\"flows/greet.test.yaml\" tests=\"2\" failures=\"0\""));
}

TEST_F(CliTest, CoverageBelowTheLeastEndsWith1) {
    place_.file("flows/greet.test.yaml", kHolds);
    place_.flow("untested",
                "triggers: [ { id: asked, uses: core/manual } ]\nsteps: [ { id: a, uses: core/map } ]\n");
    Ended ended = test({"flows", "--coverage"});
    EXPECT_EQ(ended.code, 0);
    EXPECT_THAT(ended.out,
                AllOf(HasSubstr("2/2"), HasSubstr("1/2"), HasSubstr("not run: branch tell if false"),
                      HasSubstr("not run: step a  flows/untested.yaml:3")));
    EXPECT_EQ(test({"flows/greet.test.yaml", "--min-coverage", "75"}).code, 0);
    EXPECT_EQ(test({"flows/greet.test.yaml", "--min-coverage", "76"}).code, 1);
    ended = test({"flows", "--min-coverage", "75", "-o", "json"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(ended.text({"ok"}), "false");
    EXPECT_EQ(ended.json.find("coverage")->size(), 2u);
}

}  // namespace
}  // namespace tappet::e2e
