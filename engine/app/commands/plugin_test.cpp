// tappet plugin test: the promises of docs/ABI.md, each tried in a process of its own.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>

#include "app/commands/command.hpp"
#include "base/printable.hpp"
#include "plugin/check/check.hpp"
#include "plugin/manifest.hpp"
#include "plugin/probe.hpp"
#include "plugin/trial.hpp"

namespace tappet::app {
namespace {

using plugin::check::Check;
using plugin::check::Verdict;

constexpr int kPassed = 10, kFailed = 11,
              kSkipped = 12;  ///< exit codes of a check: none that a plugin's exit() gives
constexpr std::size_t kMostSaid = 64u << 10;

struct Wanted {
    std::string file;
    std::vector<std::string> only;
    int timeout_s = 30;
};
struct Tried {
    const Check* check;
    std::string verdict;  ///< "passed", "failed", "skipped"
    std::string what;
};

/// In the child: one check. What the plugin prints goes to the error output, so that ours is the verdict's
/// alone.
int try_here(const std::string& file, const std::string& name) {
    rlimit core{};
    setrlimit(RLIMIT_CORE, &core);
    for (const Check& check : plugin::check::checks()) {
        if (check.name != name) continue;
        plugin::check::Outcome outcome;
        try {
            outcome = check.run(file);
        } catch (const std::exception& fault) {
            outcome = {Verdict::failed, fault.what()};
        }
        std::fwrite(outcome.what.data(), 1, outcome.what.size(), stdout);
        std::fflush(stdout);
        _exit(outcome.verdict == Verdict::passed   ? kPassed
              : outcome.verdict == Verdict::failed ? kFailed
                                                   : kSkipped);
    }
    return 2;
}

Tried try_apart(const Check& check, const Wanted& wanted) {
    const plugin::Trial trial =
        plugin::try_in_child({own_path(), "plugin", "check", wanted.file, std::string(check.name)},
                             std::chrono::seconds(wanted.timeout_s), kMostSaid);
    Tried out{&check, "failed", trial.out};
    if (!trial.not_started.empty()) {
        out.what = "no process: " + trial.not_started;
    } else if (trial.hung) {
        out.what = "did not end within " + std::to_string(wanted.timeout_s) + " s";
    } else if (WIFSIGNALED(trial.status)) {
        out.what = std::string("crashed: ") + strsignal(WTERMSIG(trial.status));
    } else if (const int code = WEXITSTATUS(trial.status); code == kPassed) {
        out.verdict = "passed";
    } else if (code == kSkipped) {
        out.verdict = "skipped";
    } else if (code != kFailed) {
        out.what = "ended its process, with exit code " + std::to_string(code);
    }
    return out;
}

/// Why nothing of the plugin can be tried: it does not load, or its manifest cannot be read. Empty otherwise.
std::string why_closed(const Wanted& wanted) {
    const auto told = plugin::Prober(own_path(), std::chrono::seconds(wanted.timeout_s)).ask(wanted.file);
    if (!told) return told.error().message;
    const auto manifest = plugin::parse_manifest(*told);
    return manifest ? std::string() : manifest.error().message;
}

/// Whether a check looks at the file alone.
bool reads_the_file(const Check& check) { return check.name == "symbols"; }

/// The reason is told once, by the check of the manifest.
Tried passed_over(const Check& check, const std::string& closed) {
    if (check.name == "manifest") return {&check, "failed", closed};
    return {&check, "skipped", "the plugin cannot be loaded"};
}

void show(const Console& console, const Tried& tried) {
    const std::string mark = tried.verdict == "passed"   ? console.paint("32", "✔")
                             : tried.verdict == "failed" ? console.paint("1;31", "✘")
                                                         : console.paint("2", "–");
    console.line(mark + " " + padded(tried.check->name, 17) + " " + std::string(tried.check->holds));
    std::string_view rest = tried.what;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        console.line("    " + console.paint(tried.verdict == "failed" ? "31" : "2",
                                            printable(std::string(rest.substr(0, end)))));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

Exit test(Invocation& call, const Wanted& wanted) {
    if (!std::filesystem::is_regular_file(wanted.file))
        return call.console.fail(Exit::not_found, wanted.file + " is no file");
    const auto all = plugin::check::checks();
    for (const std::string& name : wanted.only)
        if (std::none_of(all.begin(), all.end(), [&](const Check& check) { return check.name == name; }))
            return call.console.fail(Exit::usage, "there is no check \"" + name + "\"");
    const std::string closed = why_closed(wanted);
    std::size_t counts[3] = {0, 0, 0};
    std::vector<Value> documents;
    for (const Check& check : all) {
        const auto& only = wanted.only;
        if (!only.empty() && std::find(only.begin(), only.end(), check.name) == only.end()) continue;
        const Tried tried =
            closed.empty() || reads_the_file(check) ? try_apart(check, wanted) : passed_over(check, closed);
        ++counts[tried.verdict == "passed" ? 0 : tried.verdict == "failed" ? 1 : 2];
        if (!call.console.json) show(call.console, tried);
        documents.push_back(Value::object(
            {{"check", Value::string(check.name)},
             {"holds", Value::string(check.holds)},
             {"verdict", Value::string(tried.verdict)},
             {"what", tried.what.empty() ? Value::null() : Value::string(printable(tried.what))}}));
    }
    if (call.console.json)
        call.console.value(Value::object({{"ok", Value::boolean(counts[1] == 0 && closed.empty())},
                                          {"checks", Value::list(std::move(documents))}}));
    else
        call.console.line("\n" + std::to_string(counts[0]) + " passed, " + std::to_string(counts[1]) +
                          " failed, " + std::to_string(counts[2]) + " skipped");
    return counts[1] == 0 && closed.empty() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_plugin_test(CLI::App& plugin, Invocation& call) {
    auto wanted = std::make_shared<Wanted>();
    CLI::App* tests =
        plugin.add_subcommand("test", "tries what the border asks of a plugin, each in a process of its own");
    tests->add_option("FILE", wanted->file, "the plugin's file; it is run, without network")->required();
    tests->add_option("--only", wanted->only, "the checks of these names alone");
    tests->add_option("--timeout", wanted->timeout_s, "seconds that one check may take")
        ->check(CLI::Range(1, 3600));
    take_output(*tests, call);
    tests->callback([&call, wanted] { call.run = [&call, wanted] { return test(call, *wanted); }; });
    auto file = std::make_shared<std::string>();
    auto name = std::make_shared<std::string>();
    CLI::App* one = plugin.add_subcommand("check", "")->group("");
    one->add_option("FILE", *file)->required();
    one->add_option("NAME", *name)->required();
    one->callback([&call, file, name] {
        call.run = [file, name] { return static_cast<Exit>(try_here(*file, *name)); };
    });
}

}  // namespace tappet::app
