#pragma once
/// The C++20 layer over abi.h: header-only, exceptions stay inside, no threads, no dependency but the
/// standard library.
///
///     #include <tappet/plugin.hpp>
///     using namespace tappet::sdk;
///
///     static Json greet(const Context&, View input) {
///         return Json::object({{"text", "Hello, " + std::string(input["name"].string())}});
///     }
///     static void define(Plugin& plugin) {
///         plugin.named("hello", "1.0.0");
///         plugin.action("greet", greet).title("Greet somebody").pure().non_blocking()
///             .input(R"({"type":"object","required":["name"],"properties":{"name":{"type":"string"}}})");
///     }
///     TAPPET_PLUGIN(define)
///
/// An action is one of: Json(const Context&, View), which runs where it may block, or on the loop when it
/// declares non_blocking(); Task<Json>(Context, View), a coroutine that awaits the engine's services;
/// void(Call), which completes the call by hand.
#include <tappet/abi.h>
#include <tappet/context.hpp>
#include <tappet/error.hpp>
#include <tappet/json.hpp>
#include <tappet/task.hpp>
#include <tappet/view.hpp>

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// A text as a JSON string, quotes included.
inline std::string json_quoted(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (u < 0x20) {
            out += "\\u00";
            out += digits[u >> 4];
            out += digits[u & 15];
        } else {
            out += c;
        }
    }
    return out += '"';
}

/// An action's entry in the manifest. Schemas are JSON Schema (2020-12) as text.
class ActionDefinition {
public:
    ActionDefinition& title(std::string_view text) { return put("title", json_quoted(text)); }
    ActionDefinition& description(std::string_view text) { return put("description", json_quoted(text)); }
    ActionDefinition& input(std::string_view schema) { return put("input", schema); }
    ActionDefinition& output(std::string_view schema) { return put("output", schema); }
    ActionDefinition& pure() { return put("pure", "true"); }  ///< same input, same result, no effect
    ActionDefinition& idempotent() {
        return put("idempotent", "true");
    }  ///< repeating with the same key does no harm
    ActionDefinition& non_blocking() {
        return put("nonBlocking", "true");
    }  ///< returns at once: runs on the loop

private:
    friend class Plugin;
    using Run = std::function<void(Instance&, const tappet_call_info&)>;
    ActionDefinition(std::string_view name, Run run)
        : run_(std::move(run)), json_("{\"name\":" + json_quoted(name)) {}
    ActionDefinition& put(std::string_view key, std::string_view json) {
        json_.append(",").append(json_quoted(key)).append(":").append(json);
        return *this;
    }
    Run run_;
    std::string json_;
};

/// A trigger's entry in the manifest; the engine does the receiving.
class TriggerDefinition {
public:
    TriggerDefinition& title(std::string_view text) { return put("title", json_quoted(text)); }
    TriggerDefinition& description(std::string_view text) { return put("description", json_quoted(text)); }
    TriggerDefinition& settings(std::string_view schema) {
        return put("settings", schema);
    }  ///< of the trigger's `with`
    TriggerDefinition& body(std::string_view schema) { return put("body", schema); }  ///< of trigger.body

private:
    friend class Plugin;
    TriggerDefinition(std::string_view name, std::string_view kind)
        : json_("{\"name\":" + json_quoted(name) + ",\"kind\":" + json_quoted(kind)) {}
    TriggerDefinition& put(std::string_view key, std::string_view json) {
        json_.append(",").append(json_quoted(key)).append(":").append(json);
        return *this;
    }
    std::string json_;
};

/// Drives a coroutine action to its end and completes its call.
inline Detached drive(Instance& instance, std::uint64_t call, Task<Json> task) {
    try {
        Json result = co_await task;
        instance.succeed(call, result);
    } catch (...) {
        instance.fail_with_current(call);
    }
}

/// What a plugin consists of. Filled once by the function given to TAPPET_PLUGIN, then read only.
class Plugin {
public:
    void named(std::string_view name, std::string_view version) {
        name_ = name;
        version_ = version;
    }

    /// Adds an action. The reference stays valid until the next action is added.
    template <class F>
    ActionDefinition& action(std::string_view name, F implementation) {
        if constexpr (std::invocable<F&, Call>) {
            return add(name, [implementation](Instance& instance, const tappet_call_info& info) {
                implementation(Call(Context(instance, info)));
            });
        } else {
            using Out = std::invoke_result_t<F&, const Context&, View>;
            if constexpr (std::same_as<Out, Task<Json>>) {
                return add(name, [implementation](Instance& instance, const tappet_call_info& info) {
                    const Context context(instance, info);
                    drive(instance, info.call, implementation(context, context.input()));
                });
            } else {
                return add(name, [implementation](Instance& instance, const tappet_call_info& info) {
                    const Context context(instance, info);
                    instance.succeed(info.call, implementation(context, context.input()));
                });
            }
        }
    }
    /// Adds a trigger of a kind: webhook, manual, schedule, poll, flow.
    TriggerDefinition& trigger(std::string_view name, std::string_view kind) {
        return triggers_.emplace_back(TriggerDefinition(name, kind));
    }

    std::string manifest() const {
        std::string out =
            "{\"name\":" + json_quoted(name_) + ",\"version\":" + json_quoted(version_) + ",\"actions\":[";
        for (const auto& action : actions_)
            out.append(&action == actions_.data() ? "" : ",").append(action.json_).append("}");
        out += "],\"triggers\":[";
        for (const auto& trigger : triggers_)
            out.append(&trigger == triggers_.data() ? "" : ",").append(trigger.json_).append("}");
        return out += "]}";
    }
    void run(Instance& instance, const tappet_call_info& info) const {
        try {
            if (info.kind != TAPPET_CALL_ACTION)
                throw Error::internal("this plugin does not know calls of kind " + std::to_string(info.kind));
            actions_.at(info.index).run_(instance, info);
        } catch (...) {
            instance.fail_with_current(info.call);
        }
    }

private:
    ActionDefinition& add(std::string_view name, ActionDefinition::Run run) {
        return actions_.emplace_back(ActionDefinition(name, std::move(run)));
    }
    std::string name_, version_;
    std::vector<ActionDefinition> actions_;
    std::vector<TriggerDefinition> triggers_;
};

/// The C face of a definition; one per library.
class Library {
public:
    explicit Library(void (*define)(Plugin&)) {
        define(definition());
        manifest_ = definition().manifest();
        abi_.size = sizeof abi_;
        abi_.minor = TAPPET_ABI_MINOR;
        abi_.manifest = to_text(manifest_);
        abi_.create = [](const tappet_host* host) -> void* { return new Instance(host, definition()); };
        abi_.destroy = [](void* instance) { delete static_cast<Instance*>(instance); };
        abi_.call = [](void* instance, const tappet_call_info* info) {
            auto* self = static_cast<Instance*>(instance);
            self->plugin.run(*self, *info);
        };
        abi_.cancel = [](void* instance, std::uint64_t call) {
            static_cast<Instance*>(instance)->cancel(call);
        };
    }
    const tappet_plugin* abi() const { return &abi_; }

private:
    static Plugin& definition() {
        static Plugin plugin;
        return plugin;
    }
    std::string manifest_;
    tappet_plugin abi_{};
};

}  // namespace tappet::sdk

/// Makes the library's one exported symbol from a function that fills a Plugin.
#define TAPPET_PLUGIN(define)                                              \
    extern "C" TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { \
        try {                                                              \
            static const ::tappet::sdk::Library library(define);           \
            return library.abi();                                          \
        } catch (...) {                                                    \
            return nullptr;                                                \
        }                                                                  \
    }
