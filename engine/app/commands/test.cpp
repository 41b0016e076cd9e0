#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/files.hpp"
#include "app/test_report.hpp"
#include "app/tested_flows.hpp"
#include "flowtest/document.hpp"
#include "flowtest/junit.hpp"
#include "flowtest/read.hpp"
#include "flowtest/run_suite.hpp"

namespace tappet::app {
namespace {

namespace fs = std::filesystem;

struct TestOptions {
    std::vector<std::string> paths{"."};
    std::string format = "human", filter;
    bool coverage = false;
    double least = 0;  ///< percent
};

/// What an action yields by the first sample of its manifest that has results.
std::optional<Value> sample_of(const plugin::Host& host, std::string_view name) {
    for (const plugin::PluginInfo& plugin : host.plugins()) {
        const Value* actions = plugin.manifest.find("actions");
        if (!plugin.problem.empty() || !actions || !actions->is(Kind::list)) continue;
        for (const Value& action : actions->items()) {
            const Value* own = action.find("name");
            if (!own || !own->is(Kind::string) || plugin.name + "/" + std::string(own->as_string()) != name)
                continue;
            const Value* samples = action.find("samples");
            if (!samples || !samples->is(Kind::list)) return std::nullopt;
            for (const Value& sample : samples->items())
                if (const Value* results = sample.find("results")) return *results;
        }
    }
    return std::nullopt;
}

class TestCommand {
public:
    TestCommand(Invocation& call, const TestOptions& options)
        : console_(call.console),
          options_(options),
          format_(call.console.json ? "json" : options.format),
          logs_(loop_) {}

    Exit go(const Settings& settings) {
        std::vector<std::string> files;
        std::vector<std::string> folders;
        for (const std::string& path : options_.paths) {
            auto found = test_files(path);
            if (!found) return console_.fail(found.error());
            files.insert(files.end(), found->begin(), found->end());
            std::error_code error;
            if (fs::is_directory(path, error)) folders.push_back(path);
        }
        if (files.empty())
            return console_.fail(Exit::not_found,
                                 "there are no flow tests (*.test.yaml) below " + options_.paths.front());
        auto shelf = Shelf::open(
            settings, {&loop_, &clock_, [this](plugin::LogLine line) { logs_.log(std::move(line)); }});
        if (!shelf) return console_.fail(shelf.error());
        host_ = &(*shelf)->host();
        TestedFlows flows(*host_, folders);
        for (const std::string& file : files)
            if (const Exit exit = play(file, flows); exit != Exit::ok) return exit;
        return finish(flows);
    }

private:
    Exit play(const std::string& file, TestedFlows& flows) {
        auto source = read_file(file);
        if (!source) return console_.fail(source.error());
        const fs::path folder = fs::path(file).parent_path();
        auto read = flowtest::read_suite(
            file, *source, [&](const std::string& path) { return read_file((folder / path).string()); });
        flowtest::SuiteResult result;
        result.file = file;
        result.findings = std::move(read.findings);
        TestedFlow* flow = nullptr;
        if (read.suite && !read.suite->flow.empty()) flow = flows.of(*read.suite, result.findings);
        if (flow && flow->compiled.plan) {
            const auto misfits = flowtest::fit(*read.suite, *flow->compiled.plan);
            result.findings.insert(result.findings.end(), misfits.begin(), misfits.end());
            std::stable_sort(result.findings.begin(), result.findings.end(),
                             [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; });
        }
        show(result.findings, *source);
        if (flow) play(*read.suite, *flow, result);
        if (format_ == "human" && (!result.cases.empty() || flow::has_errors(result.findings)))
            console_.out(suite_text(console_, result));
        if (!result.cases.empty() || flow::has_errors(result.findings)) results_.push_back(std::move(result));
        return Exit::ok;
    }

    void play(const flowtest::Suite& suite, TestedFlow& flow, flowtest::SuiteResult& result) {
        result.flow_file = flow.file;
        if (!flow.compiled.plan) {
            show(flow.compiled.findings, flow.source);
            result.findings.insert(result.findings.end(), flow.compiled.findings.begin(),
                                   flow.compiled.findings.end());
            return;
        }
        result.flow = flow.compiled.plan->flow;
        if (flow::has_errors(result.findings)) return;
        const flowtest::Stage stage{
            loop_,  clock_, *host_,
            *host_, logs_,  [this](std::string_view name) { return sample_of(*host_, name); }};
        result.cases = flowtest::run_suite(stage, suite, *flow.coverage, options_.filter);
    }

    void show(const std::vector<flow::Diagnostic>& findings, const std::string& source) const {
        if (format_ == "human") console_.out(flow::render_human(findings, source, {console_.color}));
    }

    Exit finish(TestedFlows& flows) {
        const flowtest::Totals totals = flowtest::totals_of(results_);
        if (totals.cases == 0 && totals.errors == 0)
            return console_.fail(Exit::not_found, "no case has \"" + options_.filter + "\" in its name");
        std::vector<CoverageRow> rows;
        if (options_.coverage) {
            flows.read_all();
            for (const TestedFlow* flow : flows.all())
                if (flow->coverage) rows.push_back({flow->file, flow->coverage.get()});
        }
        bool covered = true;
        for (const CoverageRow& row : rows) covered = covered && row.coverage->percent() >= options_.least;
        const bool ok = totals.ok() && covered;
        print(totals, rows, ok);
        if (totals.errors > 0) return Exit::invalid_flow;
        return ok ? Exit::ok : Exit::failed;
    }

    void print(const flowtest::Totals& totals, const std::vector<CoverageRow>& rows, bool ok) const {
        if (format_ == "junit") return console_.out(flowtest::junit(results_));
        if (format_ == "json") {
            std::vector<Value> coverage;
            coverage.reserve(rows.size());
            for (const CoverageRow& row : rows)
                coverage.push_back(flowtest::coverage_document(*row.coverage, row.file));
            return console_.value(flowtest::report_document(
                results_, options_.coverage ? Value::list(std::move(coverage)) : Value::null(), ok));
        }
        if (!rows.empty()) console_.out(coverage_text(console_, rows, options_.least));
        console_.line("\n" + totals_text(console_, totals, ok));
    }

    Console& console_;
    const TestOptions& options_;
    std::string format_;
    boost::asio::io_context loop_{1};
    flowtest::VirtualClock clock_;
    flowtest::LogTap logs_;
    plugin::Host* host_ = nullptr;
    std::vector<flowtest::SuiteResult> results_;
};

Exit test(Invocation& call, const TestOptions& options) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    log::configure(log::Level::error, log::Format::text);
    return TestCommand(call, options).go(*settings);
}

}  // namespace

void add_test(CLI::App& app, Invocation& call) {
    auto options = std::make_shared<TestOptions>();
    CLI::App* command =
        app.add_subcommand("test", "plays the tests of flows (*.test.yaml): mocked calls, virtual time");
    command->add_option("PATH", options->paths, "test files, or folders of them")->capture_default_str();
    command->add_option("--format", options->format, "human, json or junit")
        ->check(CLI::IsMember({"human", "json", "junit"}))
        ->capture_default_str();
    command->add_option("--filter", options->filter, "plays the cases whose names hold this");
    command->add_flag("--coverage", options->coverage, "tells which steps and branches were run");
    command
        ->add_option("--min-coverage", options->least,
                     "fails where less than so many percent of a flow's steps and branches were run")
        ->check(CLI::Range(0.0, 100.0))
        ->each([options](const std::string&) { options->coverage = true; });
    take_engine(*command, call);
    take_output(*command, call);
    command->callback([&call, options] { call.run = [&call, options] { return test(call, *options); }; });
}

}  // namespace tappet::app
