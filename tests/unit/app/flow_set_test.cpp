#include "app/flow_set.hpp"

#include <gtest/gtest.h>

#include "flow/compile.hpp"
#include "support/test_catalog.hpp"

namespace tappet::app {
namespace {

/// What is found of a flow of this name, with a webhook that has these keys: "line:column code message".
class Folder {
public:
    std::string add(const std::string& file, const std::string& name, const std::string& keys = "",
                    const std::string& tenant = "default") {
        const std::string source = "flow: " + name +
                                   "\ntriggers:\n  - { id: received, uses: core/webhook, verify: { preset: "
                                   "none }" +
                                   keys + " }\nsteps: [ { id: a, uses: test/effect } ]\n";
        const auto compiled = flow::compile(file, source, catalog_);
        EXPECT_TRUE(compiled.plan) << flow::render_human(compiled.findings, source);
        std::string out;
        for (const auto& finding : set_.add(file, source, tenant, *compiled.plan))
            out += std::to_string(finding.range.begin.line) + ":" +
                   std::to_string(finding.range.begin.column) + " " + finding.code + " " + finding.message;
        return out;
    }

private:
    test::TestCatalog catalog_;
    FlowSet set_;
};

TEST(FlowSet, ANameIsThereOnceInATenant) {
    Folder folder;
    EXPECT_EQ(folder.add("a.yaml", "one"), "");
    EXPECT_EQ(folder.add("b.yaml", "one"),
              "1:7 duplicate-flow the flow one is in a.yaml already; each name is there once");
    EXPECT_EQ(folder.add("@acme/a.yaml", "one", "", "acme"), "");
    EXPECT_EQ(folder.add("c.yaml", "two"), "");
}

TEST(FlowSet, APathIsThereOnceInATenant) {
    Folder folder;
    EXPECT_EQ(folder.add("a.yaml", "one", ", path: crm"), "");
    EXPECT_EQ(
        folder.add("b.yaml", "two", ", path: crm"),
        "3:73 duplicate-path /hooks/default/crm is the address of trigger received of flow one already; "
        "give this one another");
    EXPECT_EQ(folder.add("c.yaml", "three", ", path: one/received").substr(0, 20), "3:73 duplicate-path ");
    EXPECT_EQ(folder.add("d.yaml", "four", ", path: four/received"), "") << "its own address";
    EXPECT_EQ(folder.add("e.yaml", "five", ", path: six/received"), "");
    EXPECT_EQ(
        folder.add("f.yaml", "six"),
        "1:7 duplicate-path /hooks/default/six/received is the address of trigger received of flow five "
        "already; give this one another");
    EXPECT_EQ(folder.add("@acme/a.yaml", "one", ", path: crm", "acme"), "");
}

}  // namespace
}  // namespace tappet::app
