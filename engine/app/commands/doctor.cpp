#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>

#include "app/commands/command.hpp"
#include "app/core.hpp"
#include "app/files.hpp"
#include "app/flow_folder.hpp"
#include "app/table.hpp"
#include "app/version.hpp"
#include "store/sqlite/check.hpp"
#include "vault/sealer.hpp"

namespace tappet::app {
namespace {

namespace fs = std::filesystem;

struct Check {
    std::string what;
    std::string_view status;  ///< ok, warn, fail
    std::string detail;
};

constexpr std::uintmax_t kLittleSpace = 1ull << 30;

Check check_plugins(const plugin::Host& host, const Settings& settings) {
    std::string problems;
    std::size_t good = 0;
    for (const auto& info : host.plugins()) {
        if (info.problem.empty())
            ++good;
        else
            problems += (problems.empty() ? "" : "; ") + fs::path(info.file).filename().string() + ": " +
                        info.problem;
    }
    if (!problems.empty()) return {"plugins", "fail", problems};
    if (good == 0)
        return {"plugins", "fail", "none in " + settings.plugins + "; name their folder with --plugins"};
    return {"plugins", "ok", std::to_string(good) + " loaded from " + settings.plugins};
}

Check check_flows(const plugin::Host& host, const Settings& settings) {
    std::error_code error;
    if (!fs::is_directory(settings.flows, error))
        return {"flows", "fail", "there is no folder " + settings.flows};
    std::size_t good = 0, broken = 0;
    std::string first;
    const FlowFiles found = flow_files(settings.flows);
    if (!found.problems.empty()) return {"flows", "fail", found.problems.front()};
    for (const FlowFile& file : found.files) {
        auto source = read_file(file.path);
        if (source && flow::compile(file.path, *source, host, compile_options()).plan) {
            ++good;
            continue;
        }
        ++broken;
        if (first.empty()) first = file.path;
    }
    if (broken > 0)
        return {"flows", "fail",
                std::to_string(broken) + " broken, such as " + first + "; see tappet validate"};
    return {"flows", "ok", std::to_string(good) + " good in " + settings.flows};
}

Check check_space(const Settings& settings) {
    std::error_code error;
    fs::path folder = fs::absolute(settings.data, error);
    while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
    const auto space = fs::space(folder, error);
    if (error) return {"disk", "warn", settings.data + ": " + error.message()};
    const std::string free = std::to_string(space.available >> 20) + " MiB free";
    return {"disk", space.available < kLittleSpace ? "warn" : "ok", free};
}

/// Whether the folder can be made: makes it, and takes back what it made.
std::error_code trial(const fs::path& folder) {
    std::error_code error, ignored;
    std::vector<fs::path> missing;
    for (fs::path part = folder; !part.empty() && !fs::exists(part, ignored); part = part.parent_path())
        missing.push_back(part);
    fs::create_directories(folder, error);
    for (const fs::path& made : missing) fs::remove(made, ignored);
    return error;
}

Check check_key(const Settings& settings, const std::string& database) {
    std::error_code error;
    std::optional<std::uint32_t> remembered;
    if (fs::exists(database, error)) {
        const auto read = store::key_of_sqlite(database);
        if (!read) return {"key", "fail", read.error().message};
        remembered = *read;
    }
    const char* given = std::getenv("TAPPET_VAULT_KEY");
    const bool in_file = !given || !*given;
    if (!remembered && in_file && !fs::exists(settings.key_file, error) && !error)
        return {"key", "ok", settings.key_file + " is made at the first start"};
    const auto key = vault::load_key_of(database, settings.key_file, remembered);
    if (!key) return {"key", "fail", key.error().message};
    return {"key", "ok",
            vault::key_name(key->id()) + " of " + (in_file ? settings.key_file : "TAPPET_VAULT_KEY")};
}

void check_data(const Settings& settings, std::vector<Check>& checks) {
    std::error_code error;
    if (!fs::exists(settings.data, error)) {
        const std::error_code refused = trial(fs::absolute(settings.data, error));
        checks.push_back(
            refused ? Check{"data folder", "fail", settings.data + " cannot be made: " + refused.message()}
                    : Check{"data folder", "ok", settings.data + " is made at the first start"});
        return;
    }
    {
        auto lock = store::FolderLock::take(settings.data);
        if (!lock) {
            const bool used = lock.error().code == ErrorCode::conflict;
            checks.push_back({"data folder", used ? "ok" : "fail",
                              used ? settings.data + " is in use by an engine" : lock.error().message});
            if (!used) return;
        } else {
            checks.push_back({"data folder", "ok", settings.data + " is writable and free"});
        }
    }
    const std::string file = settings.data + "/tappet.db";
    if (!fs::exists(file, error)) return;
    const auto checked = store::check_sqlite(file);
    checks.push_back(checked ? Check{"database", "ok", *checked}
                             : Check{"database", "fail", checked.error().message});
}

Exit doctor(Invocation& call) {
    Exit exit = Exit::ok;
    const auto settings = settings_of(call, exit);
    if (!settings) return exit;
    log::configure(log::Level::off, log::Format::text);
    std::vector<Check> checks;
    checks.push_back({"version", "ok", version() + ", SQLite " + store::sqlite_version()});
    checks.push_back(
        is_loopback(settings->listen)
            ? Check{"address", "ok", settings->listen}
            : Check{"address", "fail", settings->listen + " is not loopback; there are no API keys"});
    auto shelf = Shelf::open(*settings);
    if (!shelf) return call.console.fail(shelf.error());
    checks.push_back(check_plugins((*shelf)->host(), *settings));
    checks.push_back(check_flows((*shelf)->host(), *settings));
    check_data(*settings, checks);
    checks.push_back(check_key(*settings, settings->data + "/tappet.db"));
    checks.push_back(check_space(*settings));
    bool good = true;
    std::vector<std::vector<std::string>> rows;
    std::vector<Value> documents;
    for (const Check& check : checks) {
        good = good && check.status != "fail";
        rows.push_back({std::string(check.status), check.what, check.detail});
        documents.push_back(Value::object({{"check", Value::string(check.what)},
                                           {"status", Value::string(check.status)},
                                           {"detail", Value::string(check.detail)}}));
    }
    if (call.console.json)
        call.console.value(
            Value::object({{"ok", Value::boolean(good)}, {"checks", Value::list(std::move(documents))}}));
    else
        call.console.out(table(call.console, {"STATUS", "CHECK", {"DETAIL", Fit::below}}, rows));
    return good ? Exit::ok : Exit::failed;
}

}  // namespace

void add_doctor(CLI::App& app, Invocation& call) {
    CLI::App* command = app.add_subcommand("doctor", "checks whether the engine can run here");
    take_engine(*command, call);
    command->add_option("--flows", call.flags.flows, "the folder of flows (TAPPET_FLOWS)");
    command->add_option("--data", call.flags.data, "the folder of the database (TAPPET_DATA)");
    command->add_option("--listen", call.flags.listen, "host:port (TAPPET_LISTEN)");
    take_output(*command, call);
    command->callback([&call] { call.run = [&call] { return doctor(call); }; });
}

}  // namespace tappet::app
