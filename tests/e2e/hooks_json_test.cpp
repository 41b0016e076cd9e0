// The published JSON suite, as bodies of events.
#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;

/// The statuses that a file of the suite may get.
bool is_right(std::string_view expect, int status) {
    if (expect == "accept") return status == 202;
    if (expect == "reject") return status == 400;
    return status == 202 || status == 400;
}

TEST(HooksJson, EveryFileOfTheSuiteGetsItsStatusAndTheEngineLivesOn) {
    const fs::path folder = fs::path(TAPPET_VECTORS) / "json";
    if (!fs::exists(folder / "manifest.json")) GTEST_SKIP() << "no vectors at " << folder;
    Place place;
    place.flow("hook", R"(
triggers: [ { id: received, uses: core/webhook, verify: { preset: none } } ]
steps: [ { id: keep, uses: core/map, with: { value: "${{ trigger.body }}" } } ]
)");
    Engine engine(place);
    const auto manifest = read_json(test::read_text(folder / "manifest.json"));
    ASSERT_TRUE(manifest);
    std::size_t accepted = 0, files = 0;
    for (const Value& item : manifest->items()) {
        const std::string file = test::text_at(item, {"file"});
        const std::string body = test::read_text(folder / file);
        // An empty body is none: that it is no JSON is said by the suite alone.
        if (body.empty()) continue;
        const Answer answer = engine.event("hook", body);
        EXPECT_TRUE(is_right(test::text_at(item, {"expect"}), answer.status))
            << file << ": " << answer.status;
        accepted += answer.status == 202 ? 1u : 0u;
        ++files;
    }
    EXPECT_GT(files, 100u);
    EXPECT_EQ(engine.get("/healthz").status, 200);
    EXPECT_EQ(engine.runs_of("hook"), accepted);
}

}  // namespace
}  // namespace tappet::e2e
