#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "expr/program.hpp"
#include "flow/catalog.hpp"
#include "flow/error_class.hpp"
#include "flow/notify_plan.hpp"
#include "flow/schema/schema.hpp"
#include "flow/template.hpp"

namespace tappet::flow {

/// What a slot of the flow's expressions means; run/ answers for it (expr::Activation::get).
struct Slot {
    enum class Kind {
        trigger,  ///< the whole trigger object {id, body, headers, query, method, path, receivedAt}
        step,     ///< {status, results, error, attempts} of a step
        step_status,
        step_results,
        step_error,
        step_attempts,
        step_results_all,  ///< the bare name `stepResults`: a map of every step in reach, and the triggers
        loop_item,         ///< the `as` variable of a forEach
        config_vars,
        run,
        flow,
        error,
        secrets
    };
    Kind kind = Kind::trigger;
    std::uint32_t depth = 0;  ///< step and loop_item: the depth of the scope it lives in (0: the flow)
    std::uint32_t index = 0;  ///< step…: index in its scope. trigger: which trigger asks (for
                              ///< stepResults.<triggerId>), or kAnyTrigger
    std::string name;         ///< trigger kinds: the trigger's id for stepResults.<triggerId>, else empty
};
inline constexpr std::uint32_t kAnyTrigger = 0xffffffff;

enum class Jitter { none, full, equal };

/// How often and when a failed attempt is repeated. The default is one attempt.
struct RetryPolicy {
    std::uint32_t max_attempts = 1;
    std::chrono::milliseconds initial{1000};
    double factor = 2;
    std::chrono::milliseconds cap{60'000};
    std::chrono::milliseconds max_elapsed{0};  ///< bounds the step from its first attempt; 0: no bound
    Jitter jitter = Jitter::full;
    std::vector<ErrorClass> on{ErrorClass::rate_limited, ErrorClass::unavailable, ErrorClass::timeout,
                               ErrorClass::plugin_crashed};
    bool honour_retry_after = true;
};

struct ScopePlan;
struct StepPlan;

/// Steps that run one after the other: a flow's `steps`, a forEach's `do`, a handler.
struct BlockPlan {
    std::vector<StepPlan*> steps;  ///< owned by their scope
    ScopePlan* scope = nullptr;
    StepPlan* owner = nullptr;  ///< the step whose handler or body this is; null for the flow's own blocks
    enum class Role { body, step_handler, flow_handler } role = Role::body;
};

enum class StepKind : std::uint8_t { action, for_each, respond, stop };
enum class OnError : std::uint8_t { fail, go_on, handle };
enum class OnItemError : std::uint8_t { stop, go_on, collect };
enum class RunEnd : std::uint8_t { succeeded, failed, cancelled };

struct ActionStep {
    std::shared_ptr<const ActionSpec> action;
    std::string connection;
    Template with;
};
struct ForEachStep {
    Expression items;
    std::string as;
    std::uint32_t max_parallel = 1;
    OnItemError on_item_error = OnItemError::stop;
    ScopePlan* body = nullptr;
};
struct RespondStep {
    Template status, headers, body, content_type;
};
struct StopStep {
    RunEnd status = RunEnd::succeeded;
    Template message;
};

/// One step, checked and compiled.
struct StepPlan {
    std::string id;    ///< empty only in handlers
    std::string name;  ///< as written, else the id
    std::string
        segment;  ///< its part of a path: the id; for one without, its handler and place: "a.onError[0]"
    StepKind kind = StepKind::action;
    Position position;
    std::uint32_t index = 0;  ///< in its scope
    std::uint32_t place = 0;  ///< in its block
    BlockPlan* block = nullptr;
    std::optional<Expression> condition;  ///< `if`
    RetryPolicy retry;
    std::chrono::milliseconds timeout{0};  ///< per attempt; 0: none of its own
    OnError on_error = OnError::fail;
    BlockPlan* handler = nullptr;  ///< with OnError::handle

    // exactly the one that kind names
    std::optional<ActionStep> action;
    std::optional<ForEachStep> for_each;
    std::optional<RespondStep> respond;
    std::optional<StopStep> stop;
};

/// Where step ids live together: the flow (depth 0), or one item of a forEach. Handlers' steps belong to the
/// scope that their step is in.
struct ScopePlan {
    std::uint32_t depth = 0;
    StepPlan* owner = nullptr;  ///< the forEach; null for the flow
    ScopePlan* parent = nullptr;
    BlockPlan* body = nullptr;
    std::vector<StepPlan*> steps;  ///< by StepPlan::index
};

/// How a platform asks an address whether it wants its events, before it sends any.
struct ChallengePlan {
    std::optional<Template> meta;      ///< hub.verify_token of the GET that Meta sends; a secret
    std::vector<std::string> origins;  ///< WebHook-Request-Origin of CloudEvents that may send; "*": any
};

struct VerifyPlan {
    std::string preset;             ///< one of kVerifyPresets (verify_settings.hpp)
    std::vector<Template> secrets;  ///< at most two
    std::string header, algorithm, encoding, prefix, body_template;  ///< hmac; header: jwt, too
    bool legacy = false;                                             ///< saas: the RSA header counts, too
    std::vector<std::string> algorithms;                             ///< jwt
    std::string audience, issuer;                                    ///< jwt; empty: any
    std::vector<std::string> addresses, proxies;                     ///< ip; CIDR
    std::chrono::milliseconds tolerance{300'000};
    std::optional<ChallengePlan> challenge;
    std::vector<std::string> secret_names;  ///< of those `secrets` that are exactly ${{ secrets.NAME }}
};

/// How a source is asked for events.
struct PollPlan {
    std::chrono::milliseconds every{60'000};
    std::uint32_t limit = 100;  ///< events of one poll
};

enum class RespondMode { async, sync };

struct TriggerPlan {
    std::string id;
    Position position;
    std::shared_ptr<const TriggerSpec> spec;
    Template with;
    std::string path;                  ///< /hooks/{tenant}/{path}; empty: /hooks/{tenant}/{flow}/{id}
    std::vector<std::string> methods;  ///< POST unless said otherwise
    std::optional<VerifyPlan> verify;  ///< none: the plugin reads the requests itself, or there is no address
    bool split = false;                ///< each element of a list is an event
    std::optional<PollPlan> poll;      ///< of kind poll
    std::optional<Expression> filter;
    std::optional<Expression> dedupe_key;
    std::chrono::milliseconds dedupe_window{7LL * 24 * 3600 * 1000};
    std::shared_ptr<const Schema> input;  ///< of the body
    RespondMode mode = RespondMode::async;
    int respond_status = 202;
    std::chrono::milliseconds respond_timeout{30'000};
};

struct ConfigVar {
    std::string name;
    std::shared_ptr<const Schema> schema;
    std::optional<Value> fallback;  ///< the schema's `default`
    Position position;
};

struct Label {
    std::string name;
    Template value;
};

enum class OnLimit {
    queue,      ///< further runs wait, in the order of their events
    reject,     ///< further events are refused; who sent them is told to come again
    supersede,  ///< the oldest runs are cancelled
};

/// How many runs of the flow may be under way at once: all of them, or those whose event gives the same key.
struct ConcurrencyPlan {
    std::optional<Expression> key;
    std::uint32_t limit = 1;
    OnLimit on_limit = OnLimit::queue;
};

/// A flow, checked and compiled. Immutable; shared by its runs, any thread. Pointers inside live as long as
/// the Plan.
struct Plan {
    std::string flow;
    std::string title;
    std::string description;
    std::string source;  ///< the YAML it came from
    std::vector<Label> labels;
    std::vector<ConfigVar> config;
    std::vector<TriggerPlan> triggers;
    std::chrono::milliseconds timeout{0};  ///< of the run; 0: none
    std::optional<ConcurrencyPlan> concurrency;
    ScopePlan* root = nullptr;
    BlockPlan* on_error = nullptr;    ///< the flow's handler; null when none
    std::optional<Template> outputs;  ///< a map
    std::vector<NotifyPlan> notify;   ///< who is told of its runs
    std::vector<Slot> slots;          ///< by slot number of every Program in here

    std::vector<std::unique_ptr<StepPlan>> step_storage;
    std::vector<std::unique_ptr<BlockPlan>> block_storage;
    std::vector<std::unique_ptr<ScopePlan>> scope_storage;
};

}  // namespace tappet::flow
