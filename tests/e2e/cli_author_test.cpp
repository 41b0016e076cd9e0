// What the commands for authors say where something is not as it should be.
#include <gmock/gmock.h>

#include <filesystem>

#include "place.hpp"

namespace tappet::e2e {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t out = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++out;
    return out;
}

TEST(CliAuthor, ListSaysOnceWhatIsBrokenAndEndsWith1) {
    Place place;
    fs::create_directory(place / "some");
    place.file("some/text.so", "no library");
    fs::create_symlink("nowhere", place / "some/link.so");
    const Ended ended = place.run({"plugin", "list", "--plugins", "some"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_EQ(count_of(ended.out + ended.err, "text.so"), 1u) << ended.out << ended.err;
    EXPECT_THAT(ended.out, Not(HasSubstr("trusted"))) << "nothing is known of what cannot be read";
}

TEST(CliAuthor, ATrustedNameThatNoFileHasIsTold) {
    Place place;
    place.file("tappet.yaml", "plugins: { trusted: [ nosuch.so ] }\n");
    const Ended list = place.run({"plugin", "list"});
    EXPECT_THAT(list.err, HasSubstr("plugins.trusted: there is no file nosuch.so in ")) << list.out;
    Engine engine(place, {"--config", "tappet.yaml"});
    EXPECT_THAT(engine.process().errors(), HasSubstr("plugins.trusted: there is no file nosuch.so in "));
}

TEST(CliAuthor, TestSaysOnceThatAFileIsNoPlugin) {
    Place place;
    place.file("text.so", "no library");
    const Ended ended = place.run({"plugin", "test", "text.so"});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.out, AllOf(HasSubstr("0 passed, 2 failed"), HasSubstr("the plugin cannot be loaded")));
    EXPECT_EQ(count_of(ended.out, "file too short"), 1u) << ended.out;
}

TEST(CliAuthor, NewSaysWhatCanBePastedAndWhyAFileCannotBeWritten) {
    Place place;
    const Ended made = place.run({"plugin", "new", "mine", "--dir", "with space/mine"});
    EXPECT_EQ(made.code, 0) << made.err;
    EXPECT_THAT(made.err, HasSubstr("cd 'with space/mine'"));
    place.file("taken", "a file");
    const Ended failed = place.run({"plugin", "new", "mine", "--dir", "taken/mine"});
    EXPECT_EQ(failed.code, 1);
    EXPECT_THAT(failed.err, HasSubstr("Not a directory"));
}

TEST(CliAuthor, HelpIsACommandAndHiddenOnesAreNotListed) {
    Place place;
    EXPECT_THAT(place.run({"help"}).out, HasSubstr("serve"));
    EXPECT_THAT(place.run({"help", "plugin", "new"}).out, HasSubstr("--lang"));
    EXPECT_EQ(place.run({"help", "nothing"}).code, 2);
    const Ended bare = place.run({"plugin"});
    EXPECT_THAT(bare.err, AllOf(HasSubstr("inspect"), Not(HasSubstr("embed")), Not(HasSubstr("probe"))));
    EXPECT_THAT(place.run({"plugin", "embed", "--help"}).out, HasSubstr("puts the manifest"));
}

TEST(CliAuthor, APayloadThatIsTooLargeIsNoMissingFile) {
    Place place;
    const std::string flow = place.flow("by-hand",
                                        "triggers: [ { id: a, uses: core/manual } ]\n"
                                        "steps: [ { id: b, uses: core/map, with: { value: 1 } } ]\n");
    place.file("huge.json", "");
    fs::resize_file(place / "huge.json", (64u << 20) + 1);
    const Ended ended = place.run({"run", flow, "--payload", "huge.json"});
    EXPECT_EQ(ended.code, 1) << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("larger than"));
    EXPECT_EQ(place.run({"run", flow, "--payload", "gone.json"}).code, 5);
}

TEST(CliAuthor, ARunThatIsNotKeptIsNotToBeRepeated) {
    Place place;
    fs::create_directory(place / "plugins");
    fs::create_symlink(TAPPET_CORE_PLUGIN, place / "plugins/core.so");
    fs::copy_file(TAPPET_CRASH_PLUGIN, place / "plugins/crash.so");
    place.file("broken", "");
    const std::string flow = place.flow(
        "boom",
        "triggers: [ { id: a, uses: core/manual } ]\nsteps: [ { id: bad, uses: crash/now, "
        "with: { how: segv, while: \"" +
            (place / "broken") + "\" }, retry: { maxAttempts: 5, initial: 1ms, on: [plugin.crashed] } } ]\n");
    const Ended ended = place.run({"run", flow, "--plugins", "plugins"});
    EXPECT_THAT(ended.out, AllOf(HasSubstr("is set aside"), Not(HasSubstr("runs rerun")))) << ended.err;
    const Ended kept = place.run({"run", flow, "--plugins", "plugins", "--db", "kept.db"});
    EXPECT_THAT(kept.out, HasSubstr("runs rerun")) << kept.err;
}

TEST(CliAuthor, WhatAServerDoesNotHaveIsNamed) {
    Place place;
    place.flow("one",
               "config: { Unit: { type: string } }\ntriggers: [ { id: a, uses: core/manual } ]\n"
               "steps: [ { id: b, uses: core/map, with: { value: 1 } } ]\n");
    Engine engine(place);
    EXPECT_THAT(engine.process().errors(), HasSubstr("1 flow is served, 1 changed, 0 broken"));
    const auto absent = [&](Words words) {
        const Ended ended = engine.cli(words);
        EXPECT_EQ(ended.code, 5) << words[0] << ended.out;
        return ended.err;
    };
    for (const Words& words : {Words{"hooks", "requests", "zork"}, Words{"runs", "list", "--flow", "zork"},
                               Words{"outgoing", "list", "--flow", "zork"},
                               Words{"schedule", "pause", "zork"}, Words{"poll", "show", "zork"}})
        EXPECT_EQ(absent(words), "tappet: no flow zork is served; known: one\n");
    EXPECT_EQ(absent({"hooks", "requests", "one", "--trigger", "b"}),
              "tappet: flow one has no trigger b; known: a\n");
    EXPECT_EQ(absent({"hooks", "requests", "--trigger", "b"}),
              "tappet: no flow that is served has a trigger b; known: a\n");
    EXPECT_EQ(absent({"outgoing", "list", "--run", "01a22274-3487-70fc-b14c-4daf4ed749dc"}),
              "tappet: there is no run 01a22274-3487-70fc-b14c-4daf4ed749dc\n");
    for (const Words& words : {Words{"schedule", "list"}, Words{"poll", "list"}, Words{"hooks", "list"},
                               Words{"flows", "list"}, Words{"runs", "list"}, Words{"hooks", "requests"},
                               Words{"outgoing", "list"}, Words{"outgoing", "endpoints"}}) {
        EXPECT_EQ(engine.cli(words).code, 0) << words[0] << words[1];
        Words other = words;
        other.insert(other.end(), {"--tenant", "zork"});
        EXPECT_EQ(absent(other), "tappet: no flow of tenant zork is served\n");
    }
    const Ended release = engine.cli({"plugin", "release", "zork"});
    EXPECT_EQ(release.code, 5);
    EXPECT_THAT(release.err, HasSubstr("there is no plugin zork"));
    EXPECT_THAT(engine.cli({"plugin", "release", "core"}).err,
                HasSubstr("no build of plugin core is set aside"));
    const Ended misspelt = engine.cli({"var", "set", "Unjt", "piece"});
    EXPECT_EQ(misspelt.code, 0);
    EXPECT_THAT(misspelt.err, HasSubstr("no flow that is served declares Unjt; did you mean Unit?"));
    EXPECT_EQ(engine.cli({"var", "set", "Unit", "piece"}).err, "");
    const Ended status = engine.cli({"runs", "list", "--status", "done"});
    EXPECT_EQ(status.code, 2);
    EXPECT_THAT(status.err, HasSubstr("--status takes statuses joined by commas: queued"));
}

}  // namespace
}  // namespace tappet::e2e
