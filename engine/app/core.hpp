#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/fault.hpp"
#include "app/plugin_doors.hpp"
#include "app/settings.hpp"
#include "base/clock.hpp"
#include "base/random.hpp"
#include "plugin/host.hpp"
#include "run/sealer.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/crash_ledger.hpp"
#include "runtime/flows.hpp"
#include "runtime/runtime.hpp"
#include "store/sqlite/open.hpp"

namespace tappet::app {

struct CoreOptions {
    std::string folder;    ///< of the data: locked, and where the key is unless settings say otherwise
    std::string database;  ///< the file
    bool probe = true;     ///< plugins are loaded in a child first
    /// plugin::HostOptions::printed
    std::function<void(const std::string& plugin, const std::string& line)> printed = {};
};

/// The engine without its doors: store, plugins and runtime on one loop. `serve` and `run` build it alike.
class Core {
public:
    /// Locks the folder, opens the store and the key, loads the plugins. No key is made for a store that is
    /// refused. Nothing runs yet. Files that the
    /// process makes from here on are its user's alone.
    static Result<std::unique_ptr<Core>> open(const Settings& settings, const CoreOptions& options);
    ~Core();

    boost::asio::io_context loop{1};
    SystemClock clock;
    SystemRandom random;

    plugin::Host& host() { return *host_; }
    store::Store& store() { return *store_; }
    runtime::CrashLedger& crashes() { return *crashes_; }
    runtime::Flows& flows() { return *flows_; }
    runtime::ConfigVars& vars() { return *vars_; }
    runtime::Runtime& runtime() { return *runtime_; }
    runtime::Background& background() { return *background_; }
    http::Client& client() { return *client_; }
    const run::Sealer* sealer() const { return sealer_.get(); }

    /// Builds the runtime; `base_url` is what run.url begins with. `told` hears of messages about runs that
    /// are durable; without it none are written.
    void start(const Settings& settings, const std::string& base_url,
               std::function<void(const store::OutgoingAddress&, const Uuid&)> told = nullptr);
    /// Takes up what was open; what took an earlier process down is counted before. After start().
    Result<std::size_t> recover();
    /// Writes everything and closes the store; nothing may be under way.
    void close();

private:
    explicit Core(store::FolderLock lock);
    std::string file_of(const Fault& fault) const;
    store::FolderLock lock_;
    std::unique_ptr<FaultFile> faults_;
    std::unique_ptr<run::Sealer> sealer_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<StoredState> state_;
    std::unique_ptr<StoredBlobs> blobs_;
    std::unique_ptr<runtime::CrashLedger> crashes_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<plugin::Host> host_;
    std::unique_ptr<runtime::Flows> flows_;
    std::unique_ptr<runtime::ConfigVars> vars_;
    std::unique_ptr<runtime::Background> background_;
    std::unique_ptr<runtime::Runtime> runtime_;
};

/// What a shelf is given instead of making its own; all of it outlives the shelf.
struct ShelfOptions {
    boost::asio::io_context* loop = nullptr;
    const Clock* clock = nullptr;                        ///< that actions are told
    std::function<void(plugin::LogLine)> log = nullptr;  ///< takes what calls log
};

/// A host with its loop, for commands that only look at plugins and flows, or play them.
class Shelf {
public:
    static Result<std::unique_ptr<Shelf>> open(const Settings& settings, ShelfOptions options = {});
    plugin::Host& host() { return *host_; }

private:
    boost::asio::io_context loop_{1};
    SystemClock clock_;
    std::unique_ptr<http::Client> client_;
    std::unique_ptr<plugin::Host> host_;
};

/// How flows are compiled here: which secrets are set is known.
flow::CompileOptions compile_options();

}  // namespace tappet::app
