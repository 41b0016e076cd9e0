#include "app/flow_folder.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "support/memory_store.hpp"
#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_catalog.hpp"

namespace tappet::app {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A folder of flows with one of the default tenant and one of acme, both served.
class FlowFolderTest : public testing::Test {
protected:
    FlowFolderTest() {
        fs::create_directories(root_ / "@acme");
        write("ours.yaml", "ours");
        write("@acme/theirs.yaml", "theirs");
        EXPECT_EQ(load().flows, 2u);
    }
    void write(const std::string& file, const std::string& flow) const {
        test::write_text(root_ / file,
                         "flow: " + flow +
                             "\ntriggers: [ { id: started, uses: core/manual } ]\nsteps: [ { id: a, uses: "
                             "core/map, with: { value: 1 } } ]\n");
    }
    /// A name whose status cannot be read: a link to itself.
    void make_unreadable(const std::string& file) const {
        fs::remove_all(root_ / file);
        fs::create_symlink(fs::path(file).filename(), root_ / file);
    }
    FolderReport load() { return folder_.load(flows_, {1}); }
    std::vector<std::string> served() const {
        std::vector<std::string> out;
        for (const auto& flow : flows_.all()) out.push_back(flow->tenant + "/" + flow->plan->flow);
        return out;
    }

    test::TemporaryFolder temporary_;
    fs::path root_ = temporary_ / "flows";
    test::TestCatalog catalog_;
    test::MemoryDisk disk_;
    test::MemoryStore store_{disk_};
    runtime::Flows flows_{store_, catalog_};
    FlowFolder folder_{root_.string(), catalog_};
};

TEST_F(FlowFolderTest, TellsEachFindingInOneLine) {
    test::write_text(
        root_ / "ours.yaml",
        "flow: ours\ntriggers: [ { id: started, uses: core/manual } ]\nsteps: [ { id: a, usez: b, if: "
        "true } ]\n");
    const FolderReport report = load();
    ASSERT_EQ(report.broken.size(), 1u);
    EXPECT_THAT(
        report.broken[0].lines,
        Contains(AllOf(HasSubstr("ours.yaml:3:19: error: a step has no key `usez` [unknown-key]; did you "
                                 "mean `uses`?"),
                       Not(HasSubstr("\n")))));
}

TEST_F(FlowFolderTest, WithdrawsTheFlowOfAFileThatIsGone) {
    fs::remove(root_ / "ours.yaml");
    EXPECT_THAT(load().withdrawn, ElementsAre("default/ours"));
    EXPECT_THAT(served(), ElementsAre("acme/theirs"));
}

TEST_F(FlowFolderTest, ThatIsGoneChangesNothing) {
    fs::rename(root_, temporary_ / "elsewhere");
    const FolderReport report = load();
    EXPECT_THAT(report.withdrawn, IsEmpty());
    EXPECT_THAT(report.problems, Contains(HasSubstr("No such file")));
    EXPECT_EQ(report.flows, 2u);
    EXPECT_THAT(served(), ElementsAre("acme/theirs", "default/ours"));
    fs::rename(temporary_ / "elsewhere", root_);
    EXPECT_THAT(load().problems, IsEmpty());
}

TEST_F(FlowFolderTest, ThatIsAFileChangesNothing) {
    fs::remove_all(root_);
    test::write_text(root_, "no folder");
    EXPECT_THAT(load().problems, Contains(HasSubstr("Not a directory")));
    EXPECT_THAT(served(), ElementsAre("acme/theirs", "default/ours"));
}

TEST_F(FlowFolderTest, OfATenantThatCannotBeListedChangesNothing) {
    make_unreadable("@acme");
    fs::remove(root_ / "ours.yaml");
    write("new.yaml", "new");
    EXPECT_THAT(load().problems, Contains(HasSubstr("@acme")));
    EXPECT_THAT(served(), ElementsAre("acme/theirs", "default/ours"));
}

TEST_F(FlowFolderTest, KeepsTheFlowOfAFileThatCannotBeReadAndTakesTheOthers) {
    make_unreadable("ours.yaml");
    write("new.yaml", "new");
    const FolderReport report = load();
    EXPECT_THAT(report.problems, ElementsAre(HasSubstr("ours.yaml")));
    EXPECT_THAT(served(), ElementsAre("acme/theirs", "default/new", "default/ours"));
}

TEST_F(FlowFolderTest, HasAnotherFingerprintOnceItCannotBeListed) {
    const std::string before = folder_.fingerprint();
    EXPECT_EQ(folder_.fingerprint(), before);
    make_unreadable("@acme");
    EXPECT_NE(folder_.fingerprint(), before);
}

}  // namespace
}  // namespace tappet::app
