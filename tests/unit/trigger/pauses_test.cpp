// Pauses whose disk takes its time.
#include "trigger/pauses.hpp"

#include <gmock/gmock.h>

#include "support/held_offload.hpp"
#include "support/memory_store.hpp"

namespace tappet::trigger {
namespace {

const TriggerKey kTick{"default", "nightly", "tick"};

struct PausesRig {
    PausesRig() { disk.holds = true; }
    Pauses::Done note() {
        return [this](const Result<bool>& done) {
            said.push_back(!done ? done.error().message : *done ? "done" : "was so");
        };
    }
    void begin(std::int64_t now) { pauses.begin(kTick, {now}, note()); }
    void end() { pauses.end(kTick, std::nullopt, note()); }

    test::MemoryDisk memory;
    test::MemoryStore store{memory};
    test::HeldOffload disk;
    Pauses pauses{store, disk.offload()};
    std::vector<std::string> said;
};

TEST(Pauses, CountAndAreAnsweredWhenTheyAreDurable) {
    PausesRig rig;
    rig.begin(7);
    EXPECT_TRUE(rig.said.empty());
    EXPECT_FALSE(rig.pauses.since(kTick));
    rig.disk.release();
    EXPECT_THAT(rig.said, ::testing::ElementsAre("done"));
    EXPECT_EQ(rig.pauses.since(kTick), TimeMs{7});
    rig.end();
    EXPECT_TRUE(rig.pauses.since(kTick));
    rig.disk.release();
    EXPECT_THAT(rig.said, ::testing::ElementsAre("done", "done"));
    EXPECT_FALSE(rig.pauses.since(kTick));
}

TEST(Pauses, ThatAreAskedForTwiceAreWrittenOnceAndAnsweredTwice) {
    PausesRig rig;
    rig.begin(7);
    rig.begin(8);
    EXPECT_EQ(rig.disk.waiting(), 1u);
    EXPECT_TRUE(rig.said.empty());
    rig.disk.release();
    rig.begin(9);
    EXPECT_THAT(rig.said, ::testing::ElementsAre("done", "was so", "was so"));
    EXPECT_EQ(rig.pauses.since(kTick), TimeMs{7});
}

TEST(Pauses, AreNotEndedWhileTheyAreWritten) {
    PausesRig rig;
    rig.begin(7);
    rig.end();
    EXPECT_THAT(rig.said, ::testing::ElementsAre("it is being paused; try again"));
    rig.disk.release();
    rig.end();
    rig.begin(8);
    EXPECT_THAT(rig.said, ::testing::ElementsAre("it is being paused; try again", "done",
                                                 "it is being resumed; try again"));
}

TEST(Pauses, ThatCannotBeWrittenChangeNothing) {
    PausesRig rig;
    rig.store.fail("the disk is full");
    rig.begin(7);
    rig.disk.release();
    EXPECT_THAT(rig.said, ::testing::ElementsAre(::testing::HasSubstr("the disk is full")));
    EXPECT_FALSE(rig.pauses.since(kTick));
    EXPECT_EQ(rig.disk.waiting(), 0u);
}

}  // namespace
}  // namespace tappet::trigger
