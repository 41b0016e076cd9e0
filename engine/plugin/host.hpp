#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "expr/value.hpp"
#include "flow/catalog.hpp"
#include "http/client.hpp"
#include "plugin/call.hpp"
#include "plugin/child/limits.hpp"
#include "plugin/crash_book.hpp"
#include "plugin/doors.hpp"

namespace tappet::plugin {

class HttpDoor;
class PluginMetrics;
class Provider;

/// An action of a loaded plugin. Keeps its provider.
struct Action final : flow::ActionSpec {
    std::shared_ptr<Provider> provider;
    std::size_t index = 0;  ///< in the manifest
};

/// A trigger of a loaded plugin. Keeps its provider.
struct Trigger final : flow::TriggerSpec {
    std::shared_ptr<Provider> provider;
    std::size_t index = 0;  ///< in the manifest
};

/// Calls actions. The runtime's side of the plugin border; a scripted one serves tests.
class Caller {
public:
    using Ticket = std::uint64_t;  ///< 0 names none
    using Done = std::function<void(CallOutcome)>;
    virtual ~Caller() = default;
    /// Calls an action; on the loop's thread. `done` is called once, on the loop's thread: from inside call()
    /// only when the action is non_blocking, and then 0 is returned. Inputs are handed over, not copied.
    virtual Ticket call(const flow::ActionSpec& action, Value input, CallContext context, Done done) = 0;
    /// Asks a call to stop. done comes still, soon (class cancelled where the action obeyed).
    virtual void cancel(Ticket ticket) = 0;
};

/// Asks plugins what starts runs; docs/ABI.md has the shapes of inputs and results. Threads and `done` as
/// with Caller; a scripted one serves tests.
class TriggerCaller {
public:
    virtual ~TriggerCaller() = default;
    /// Reads a request to a trigger whose spec says `handles`.
    virtual Caller::Ticket hook(const flow::TriggerSpec& trigger, Value request, CallContext context,
                                Caller::Done done) = 0;
    /// Reads a request to /hooks/@{plugin}. `done` with not_found when no such plugin has an address.
    virtual Caller::Ticket app_hook(std::string_view plugin, Value request, CallContext context,
                                    Caller::Done done) = 0;
    /// Asks a source what is new since a cursor.
    virtual Caller::Ticket poll(const flow::TriggerSpec& trigger, Value input, CallContext context,
                                Caller::Done done) = 0;
    virtual void cancel(Caller::Ticket ticket) = 0;
    /// Whether the plugin is at a call still: also at one that was given up, whose done has come.
    virtual bool under_way(Caller::Ticket ticket) const = 0;
};

/// A line an action logs, with the run and step it belongs to. Called on any thread.
struct LogLine {
    int level = 2;  ///< 0 trace … 4 error
    std::string plugin, message;
    RunId run;         ///< nil: no run's, such as a poll's
    std::string flow;  ///< empty: no call's, or one at a plugin's own address
    std::string step;  ///< where there is no run, the trigger
    TimeMs time;
    std::uint64_t call = 0;  ///< CallContext::parents_number
};

struct HostOptions {
    std::vector<std::string> folders;  ///< where *.so are looked for, in order
    std::vector<std::string> trusted;  ///< file names of plugins that run in this process (those we ship)
    /// An executable that answers `plugin probe FILE` and `plugin host FILE`: in its processes run the
    /// plugins that are not trusted. Empty: all are.
    std::string child_command;
    child::Limits child_limits;
    std::size_t workers = 4;  ///< threads for actions that may block
    /// Jobs waiting for a worker, those of calls that were cancelled while they waited included: while all
    /// workers hang, time limits make room for further calls. Over it: class unavailable.
    std::size_t max_queued = 10'000;
    std::size_t max_series = 200;     ///< of the metrics of one plugin; further ones are left out
    CrashBook* crash_book = nullptr;  ///< says which plugins are not called; null: all are. Outlives the host
    /// Takes what calls log, on the thread that logs; null: the engine's log does. What a plugin logs outside
    /// of a run's calls goes there always.
    std::function<void(LogLine)> log;
    bool all_lines = false;  ///< log takes those too
    /// Takes what plugins in processes of their own print, a line each, secrets redacted; loop thread. Null:
    /// the engine's log does.
    std::function<void(const std::string& plugin, const std::string& line)> printed;
    std::chrono::milliseconds cancel_grace{
        2'000};  ///< a cancelled call that goes on longer ends as cancelled without it
    std::chrono::milliseconds probe_timeout{10'000};
};

/// What `tappet plugin list` and `inspect` show.
struct PluginInfo {
    std::string name, version, file;
    Value manifest;         ///< as the plugin gives it
    std::string problem;    ///< why it was not loaded; empty when it was
    std::string hash;       ///< of the file, as crash_book.hpp has it; empty where it was not loaded
    bool isolated = false;  ///< runs in a process of its own
    /// Why what has taken the file's place since was not loaded; the plugin is the one from before.
    std::string newer_problem;
};

/// Loads plugins and calls their actions.
///
/// Inputs fit the action's schema, defaults filled in (flow/action_input.hpp): who calls sees to that. Texts
/// of errors and log lines never hold a secret of the input; results that repeat one are marked. On one loop;
/// made, used and destroyed on its thread.
class Host final : public Caller, public TriggerCaller, public flow::Catalog {
public:
    Host(boost::asio::io_context& loop, http::Client& client, const Clock& clock, Doors doors,
         HostOptions options);
    /// With another way out than the client: tests script it.
    Host(boost::asio::io_context& loop, HttpDoor& http, const Clock& clock, Doors doors, HostOptions options);
    ~Host() override;  ///< waits for workers; calls under way are cancelled and their done dropped

    /// Ends all calls, their done dropped, and waits for workers; nothing that the host was given is used
    /// afterwards. False when a call did not stop within the grace: its plugin and worker stay as they are.
    /// The destructor does it too.
    bool close();

    /// Loads every plugin of the folders. One that cannot be loaded is in plugins() with its problem and is
    /// no error.
    void load();
    /// Looks at the folders again. A file that changed is loaded beside its earlier build, and takes its
    /// names; one that does not load changes nothing; one that is gone takes its names along. Specs that were
    /// given out reach the build that they were given of, which ends when the last of them is let go and no
    /// call is under way. What is new is tried on a thread of its own; `done`, on the loop, when all that
    /// stood in the folders when this was called is in its place. Dropped when the host goes first, which
    /// waits for that thread.
    void reload(std::function<void()> done);
    bool looking() const;  ///< whether a reload still reads the folders
    const std::vector<PluginInfo>& plugins() const;
    /// What plugins count, for /metrics.
    const PluginMetrics& metrics() const;

    Ticket call(const flow::ActionSpec& action, Value input, CallContext context, Done done) override;
    Ticket hook(const flow::TriggerSpec& trigger, Value request, CallContext context, Done done) override;
    Ticket app_hook(std::string_view plugin, Value request, CallContext context, Done done) override;
    Ticket poll(const flow::TriggerSpec& trigger, Value input, CallContext context, Done done) override;
    void cancel(Ticket ticket) override;
    bool under_way(Ticket ticket) const override;

    std::shared_ptr<const flow::ActionSpec> action(std::string_view name) const override;
    std::shared_ptr<const flow::TriggerSpec> trigger(std::string_view name) const override;
    std::vector<std::string> action_names() const override;
    std::vector<std::string> trigger_names() const override;

private:
    struct Impl;
    Ticket ask(const flow::TriggerSpec& trigger, std::uint32_t kind, Value input, CallContext context,
               Done done);
    Ticket missing(std::string what, Done done);
    std::unique_ptr<Impl> impl_;
};

/// Loads one plugin file in this process and returns its manifest as JSON: what the child of the probe runs.
Result<std::string> probe(const std::string& file);

}  // namespace tappet::plugin
