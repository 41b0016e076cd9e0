#include "app/core.hpp"

#include <sys/stat.h>

#include <boost/asio/post.hpp>

#include "app/plugin_file.hpp"
#include "app/secrets.hpp"
#include "base/log.hpp"
#include "vault/sealer.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kReaders = 2;  ///< threads that read histories

Result<std::unique_ptr<http::Client>> make_client(boost::asio::io_context& loop, const Settings& settings) {
    auto guard = http::Guard::create(settings.http_allow);
    if (!guard) return guard.error();
    http::ClientOptions options;
    options.guard = std::move(*guard);
    options.ca_file = settings.http_ca;
    options.proxy = settings.http_proxy;
    return std::make_unique<http::Client>(loop, std::move(options));
}

plugin::child::Limits child_limits(const Settings& settings) {
    plugin::child::Limits out;
    out.memory = settings.plugin_memory;
    out.files = settings.plugin_files;
    out.file_size = settings.plugin_file_size;
    out.link.frame = settings.plugin_frame;
    out.link.values = settings.plugin_values;
    out.link.backlog = 4 * out.link.frame;
    out.lines = settings.plugin_lines;
    out.call = settings.plugin_call;
    out.start = settings.plugin_start;
    return out;
}

plugin::HostOptions host_options(const Settings& settings, bool probe) {
    plugin::HostOptions options;
    options.folders = {settings.plugins};
    options.trusted = settings.trusted;
    options.max_series = settings.max_series;
    options.child_limits = child_limits(settings);
    options.probe_timeout = settings.plugin_start;
    options.trusted.push_back("core.so");
    if (probe) options.child_command = own_path();
    return options;
}

void warn_of_trusted(const Settings& settings) {
    for (const std::string& name : trusted_without_file(settings.plugins, settings.trusted))
        log::warn("plugins.trusted: there is no file {} in {}", name, settings.plugins);
}

}  // namespace

flow::CompileOptions compile_options() {
    flow::CompileOptions options;
    options.secret_is_set = [](std::string_view name) { return find_secret("", name).has_value(); };
    return options;
}

Core::Core(store::FolderLock lock) : lock_(std::move(lock)) {}
Core::~Core() {
    if (host_) host_->close();  // what its workers log goes to the runtime, which ends before it
}

Result<std::unique_ptr<Core>> Core::open(const Settings& settings, const CoreOptions& options) {
    ::umask(S_IRWXG | S_IRWXO);  // what is written from here on holds events as they came
    auto lock = store::FolderLock::take(options.folder);
    if (!lock) return lock.error();
    std::unique_ptr<Core> core(new Core(std::move(*lock)));
    auto faults = FaultFile::open(options.folder);
    if (!faults) return faults.error();
    core->faults_ = std::move(*faults);
    store::SqliteOptions sqlite;
    sqlite.path = options.database;
    sqlite.key = [&](std::optional<std::uint32_t> remembered) -> Result<std::uint32_t> {
        auto key = vault::load_key_of(options.database, settings.key_file, remembered);
        if (!key) return key.error();
        core->sealer_ = vault::make_sealer(*key);
        return key->id();
    };
    auto store = store::open_sqlite(sqlite, [loop = &core->loop](std::function<void()> work) {
        boost::asio::post(*loop, std::move(work));
    });
    if (!store) return store.error();
    core->store_ = std::move(*store);
    auto client = make_client(core->loop, settings);
    if (!client) return client.error();
    core->client_ = std::move(*client);
    core->state_ = std::make_unique<StoredState>(*core->store_);
    core->blobs_ = std::make_unique<StoredBlobs>(
        *core->store_, store::BlobLimits{settings.max_blob, settings.max_run_blobs});
    plugin::Doors doors(core->state_.get());
    doors.blobs = core->blobs_.get();
    auto crashes = runtime::CrashLedger::open(
        *core->store_, {static_cast<std::uint32_t>(settings.plugin_crashes), settings.plugin_crash_window});
    if (!crashes) return crashes.error();
    core->crashes_ = std::move(*crashes);
    plugin::HostOptions plugins = host_options(settings, options.probe);
    plugins.crash_book = core->crashes_.get();
    plugins.printed = options.printed;
    // Only calls log here: the runtime makes them, and the host is closed before it ends.
    plugins.log = [core = core.get()](plugin::LogLine line) { core->runtime_->log(std::move(line)); };
    core->host_ =
        std::make_unique<plugin::Host>(core->loop, *core->client_, core->clock, doors, std::move(plugins));
    core->host_->load();
    warn_of_trusted(settings);
    core->flows_ = std::make_unique<runtime::Flows>(*core->store_, *core->host_, compile_options());
    core->vars_ = std::make_unique<runtime::ConfigVars>(*core->store_);
    core->background_ = std::make_unique<runtime::Background>(core->loop, kReaders);
    return core;
}

void Core::start(const Settings& settings, const std::string& base_url,
                 std::function<void(const store::OutgoingAddress&, const Uuid&)> told) {
    runtime::Options options;
    options.max_open_runs = settings.max_queue;
    options.max_open_bytes = settings.max_queue_bytes;
    options.max_row_bytes = settings.max_row;
    options.max_crashes = static_cast<std::uint32_t>(settings.max_crashes);
    options.cautious = settings.cautious;
    options.base_url = base_url;
    options.secret = find_secret;
    options.max_message = settings.max_message;
    options.told = std::move(told);
    runtime_ = std::make_unique<runtime::Runtime>(loop, *store_, *host_, *flows_, *background_, clock, random,
                                                  sealer_.get(), std::move(options));
}

Result<std::size_t> Core::recover() {
    std::vector<runtime::PastCrash> crashes;
    for (const Fault& fault : faults_->past()) {
        log::error("the engine ended with {} in plugin {}{}", fault.what, fault.plugin,
                   fault.run.is_nil() ? std::string() : ", in a call for run " + fault.run.text());
        if (!fault.hash.empty())
            crashes_->crashed({fault.plugin, file_of(fault), fault.hash}, fault.at, fault.what);
        if (!fault.run.is_nil())
            crashes.push_back({fault.run, {fault.step, fault.plugin, fault.what, fault.at}});
    }
    return runtime_->recover(crashes, [this] { faults_->forget(); });
}

/// Where the plugin is now that was loaded then, if it is.
std::string Core::file_of(const Fault& fault) const {
    for (const plugin::PluginInfo& info : host_->plugins())
        if (info.name == fault.plugin && info.hash == fault.hash) return info.file;
    return {};
}

void Core::close() { store_->close(); }

Result<std::unique_ptr<Shelf>> Shelf::open(const Settings& settings, ShelfOptions options) {
    auto shelf = std::make_unique<Shelf>();
    boost::asio::io_context& loop = options.loop ? *options.loop : shelf->loop_;
    auto client = make_client(loop, settings);
    if (!client) return client.error();
    shelf->client_ = std::move(*client);
    plugin::HostOptions plugins = host_options(settings, true);
    plugins.log = std::move(options.log);
    shelf->host_ = std::make_unique<plugin::Host>(
        loop, *shelf->client_, options.clock ? *options.clock : shelf->clock_, nullptr, std::move(plugins));
    shelf->host_->load();
    return shelf;
}

}  // namespace tappet::app
