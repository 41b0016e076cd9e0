#pragma once
#include <tappet/abi.h>
#include <tappet/testing/http_script.hpp>
#include <tappet/testing/outcome.hpp>
#include <tappet/testing/schema_check.hpp>
#include <tappet/testing/tables.hpp>
#include <tappet/testing/told_check.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk::mock {

/// What a test is told when the plugin breaks a rule of the border, or the script. With GoogleTest it is a
/// failure of the test that runs; without it ends the program.
using Report = std::function<void(const std::string&)>;
inline Report default_report() {
    return [](const std::string& what) {
#ifdef ADD_FAILURE
        ADD_FAILURE() << what;
#else
        std::fprintf(stderr, "%s\n", what.c_str());
        std::abort();
#endif
    };
}

struct LogLine {
    std::uint64_t call;
    tappet_level level;
    std::string message;
};

/// An engine for tests of one plugin: real values and services in memory, HTTP by a script, a clock that
/// moves when asked. Everything a test sets or reads is a public member. `call`, `hook`, `poll` and `check`
/// run to the end: when nothing else is to do they move the clock to the next wait. `start` does not:
/// advance the clock or cancel, then `finish`.
///
/// Tests use it from one thread; the plugin may use any.
class Host {
public:
    using Ticket = std::uint64_t;

    /// Of the plugin that is linked in, or of an entry that was looked up; absent services as in an older
    /// engine: {"blob/1"}. Where it is made stands in what is reported.
    explicit Host(tappet_plugin_v1_entry entry = tappet_plugin_v1, Report report = default_report(),
                  std::vector<std::string> absent_services = {}, const char* file = __builtin_FILE(),
                  int line = __builtin_LINE());
    ~Host();
    Host(const Host&) = delete;
    Host& operator=(const Host&) = delete;

    /// An action; an input that does not fit its schema fails as validation, as in the engine.
    Outcome call(std::string_view action, Value input = Value::object()) {
        return finish(start(action, std::move(input)));
    }
    /// A webhook that handles its requests; `app` for the plugin's own address.
    static constexpr std::string_view app = "@";
    Outcome hook(std::string_view trigger, const HookInput& request);
    Outcome poll(std::string_view trigger, Value cursor = {}, Value settings = Value::object(),
                 std::int64_t limit = 100);
    /// Tries the connection of a type.
    Outcome check(std::string_view connection_type);

    Ticket start(std::string_view action, Value input = Value::object());
    /// Works until the call is completed. Time passes by itself where nothing else is to do.
    Outcome finish(Ticket ticket);
    /// Works on what can be done without time passing; whether the call is completed.
    bool completed(Ticket ticket);
    void cancel(Ticket ticket);
    /// Moves the clock, and works on what waited for it.
    void advance(std::int64_t ms);
    /// Calls of any kind: for tests of what a plugin does not know.
    Ticket start_raw(std::uint32_t kind, std::uint32_t index, Value input);

    const Value& manifest() const { return manifest_; }

    HttpScript http;
    std::map<std::string, std::string> state, blobs;
    std::string state_failure;                ///< not empty: every access to state fails with it
    std::optional<Value> connection;          ///< none: calls that ask get a validation error
    std::deque<Value> renewed;                ///< what the connection becomes when it was refused
    std::optional<Error> connection_failure;  ///< what calls that ask get instead
    std::vector<LogLine> logs;
    std::map<std::string, double> metrics;  ///< sums of counters, gauges; "calls{kind=a}"
    std::map<std::string, std::vector<double>> observed;
    std::int64_t now_ms = 1'700'000'000'000;
    std::int64_t deadline_ms = 0;  ///< of the calls that are started next
    std::uint32_t attempt = 1;
    std::string tenant = "default", flow = "a-flow", step = "aStep", idempotency_key = "key-1";
    std::chrono::milliseconds patience{10'000};  ///< in real time, for threads of the plugin's own

private:
    struct Given {  // what lives until the call is completed, and no longer: sanitizers find who looks later
        Value input;
        tappet_call_info info{};
        std::string tenant, flow, step, key;
        std::deque<Value> connections;
    };
    struct Call {
        std::unique_ptr<Given> given;
        std::uint32_t kind = 0, index = 0;
        std::vector<std::string> secrets;
        std::optional<Outcome> outcome;
        bool cancelled = false, non_blocking = false;
    };
    struct Sleeper {
        std::int64_t at;
        std::uint64_t call;
        tappet_clock_done done;
        void* context;
    };
    struct Face {  // what the plugin holds; the host is found from it
        tappet_host abi{};
        Host* self = nullptr;
    };
    static Host& of(const tappet_host* host) { return *reinterpret_cast<const Face*>(host)->self; }
    friend struct Services;

    void report(const std::string& what) {
        const std::lock_guard lock(mutex_);
        problems_.push_back(what);
    }
    void tell_problems();
    void keep_manifest(const tappet_plugin* plugin);
    std::optional<std::uint32_t> index_of(const char* list, std::string_view name) const;
    void report_missing(const char* what, const char* list, std::string_view name);
    Ticket refuse(Error error);
    Call* open_call(std::uint64_t id, const char* what);
    bool complete(std::uint64_t id, Outcome outcome);
    void post(std::function<void()> work);
    bool work_once();
    bool wake_next();
    void learn_secrets(Call& call, const Value& value);
    void look_for_secrets(const Call* call, std::string_view text, const char* where);
    std::optional<Error> check_result(const Call& call, const Value& value);
    void answer_http(std::uint64_t id, const tappet_http_request* request, tappet_http_done done,
                     void* context, bool now);
    void give_connection(std::uint64_t id, std::uint32_t how, tappet_connection_done done, void* context,
                         bool now);
    void do_now_or_later(bool now, std::uint64_t id, const char* what, std::function<void()> work);

    Report report_;
    std::string where_;  ///< file:line
    std::vector<std::string> absent_services_;
    Face face_;
    const tappet_plugin* plugin_ = nullptr;
    void* instance_ = nullptr;
    bool ended_ = false;
    Value manifest_;
    std::recursive_mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::uint64_t, std::unique_ptr<Call>> calls_;
    std::uint64_t last_call_ = 0, last_blob_ = 0;
    std::deque<std::function<void()>> work_;
    std::vector<Sleeper> sleepers_;
    std::vector<std::string> problems_;
};

}  // namespace tappet::sdk::mock

#include <tappet/testing/mock_calls.hpp>
#include <tappet/testing/mock_services.hpp>
