#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "flow/catalog.hpp"
#include "flow/compile.hpp"
#include "flowtest/coverage.hpp"
#include "flowtest/suite.hpp"

namespace tappet::app {

/// A flow's file as its tests see it.
struct TestedFlow {
    std::string file, source;
    flow::CompiledFlow compiled;
    std::unique_ptr<flowtest::Coverage> coverage;  ///< null where it does not compile
};

/// The test files (`*.test.yaml`, `*.test.yml`) that a path names: itself, or all below a folder. Hidden
/// folders are passed by. not_found where there is nothing at the path.
Result<std::vector<std::string>> test_files(const std::string& path);

/// The flows that tests are of, each read and compiled once.
class TestedFlows {
public:
    /// `folders`: where flows are looked for by name, besides the folder of a test.
    TestedFlows(const flow::Catalog& catalog, const std::vector<std::string>& folders);

    /// The flow of a suite. What is wrong with the name goes into `findings`, null then.
    TestedFlow* of(const flowtest::Suite& suite, std::vector<flow::Diagnostic>& findings);
    /// Reads every flow of the folders too, so that all() has those without a test.
    void read_all();
    /// By file.
    std::vector<const TestedFlow*> all() const;

private:
    TestedFlow* read(const std::string& file);
    TestedFlow* by_path(const flowtest::Suite& suite, std::vector<flow::Diagnostic>& findings);
    std::vector<std::string> with_name(const std::vector<std::string>& files, const std::string& name);
    std::string name_of(const std::string& file);

    const flow::Catalog& catalog_;
    std::vector<std::string> files_;            ///< of the folders
    std::map<std::string, std::string> names_;  ///< by file, what its `flow` says
    std::map<std::string, TestedFlow> read_;
};

}  // namespace tappet::app
