#pragma once
/// The C++20 layer over abi.h: header-only, exceptions stay inside, no threads, no dependency but the
/// standard library.
///
///     #include <tappet/plugin.hpp>
///     using namespace tappet::sdk;
///
///     struct Greet {
///         std::string name;
///         static void fields(Fields<Greet>& f) { f("name", &Greet::name).title("Whom to greet"); }
///     };
///     static std::string greet(const Context&, const Greet& in) { return "Hello, " + in.name; }
///     static void define(Plugin& plugin) {
///         plugin.named("hello", "1.0.0");
///         plugin.action("greet", greet).title("Greet somebody").pure().non_blocking();
///     }
///     TAPPET_PLUGIN(define)
///
/// An implementation takes a Context and an input, or either, and has one of three styles. It yields a value:
/// runs where it may block, or on the loop when the action declares non_blocking(). It yields a Task: a
/// coroutine that awaits the engine's services. It takes a Call: completes it by hand. Inputs and values are
/// described types (fields.hpp), or View and Json.
#include <tappet/abi.h>
#include <tappet/manifest.hpp>

#include <cstdio>
#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(_WIN32)
#define TAPPET_HIDDEN
#else
#define TAPPET_HIDDEN __attribute__((visibility("hidden")))
#endif

namespace tappet::sdk {

/// What a plugin consists of. Filled once by the function given to TAPPET_PLUGIN, then read only. The
/// references that its functions answer stay valid.
class Plugin {
public:
    Plugin& named(std::string_view name, std::string_view version) {
        members_.put("name", json_quoted(name)).put("version", json_quoted(version));
        return *this;
    }
    Plugin& title(std::string_view text) { return members_.put("title", json_quoted(text)), *this; }
    Plugin& description(std::string_view text) {
        return members_.put("description", json_quoted(text)), *this;
    }
    /// A service without which it is not loaded: "http/1".
    Plugin& needs(std::string_view service) { return needs_.push_back(json_quoted(service)), *this; }

    template <class F>
    ActionDefinition& action(std::string_view name, F implementation) {
        using S = Shape<F>;
        static_assert(Coded<typename S::Input>, "describe the input by fields(), or take a View");
        ActionDefinition& out =
            actions_.emplace_back(ActionDefinition(name, make_handler(std::move(implementation), "with")));
        if constexpr (S::has_input) out.template takes<typename S::Input>();
        if constexpr (!std::is_void_v<typename S::Result>) {
            static_assert(Coded<typename S::Result>, "describe the result by fields(), or yield Json");
            out.template yields<typename S::Result>();
        }
        return out;
    }
    /// A trigger of a kind: webhook, manual, schedule, poll, flow.
    TriggerDefinition& trigger(std::string_view name, std::string_view kind) {
        return triggers_.emplace_back(TriggerDefinition(name, kind));
    }
    TriggerDefinition& webhook(std::string_view name) { return trigger(name, "webhook"); }
    TriggerDefinition& manual(std::string_view name) { return trigger(name, "manual"); }
    TriggerDefinition& schedule(std::string_view name) { return trigger(name, "schedule"); }
    /// Asked what is new: PollResult(const Context&, const PollInput&), or a Task by value.
    template <class F>
    TriggerDefinition& poll(std::string_view name, F implementation) {
        TriggerDefinition& out = trigger(name, "poll");
        out.handler_ = make_handler(std::move(implementation), "poll");
        return out;
    }
    /// A kind of account. Types: apiKey apiKeySecret basic oauth2 clientCredentials privateKey.
    ConnectionDefinition& connection(std::string_view name, std::string_view type) {
        return connections_.emplace_back(ConnectionDefinition(name, type));
    }
    /// The plugin has an address of its own, /hooks/@{plugin}: as handles() of a webhook.
    template <class F>
    AppDefinition& app(F implementation) {
        AppDefinition& out = app_.emplace();
        out.handler_ = make_handler(std::move(implementation), "request");
        return out;
    }

    std::string manifest() const {
        JsonMembers out = members_;
        if (!needs_.empty()) out.put("needs", json_list(needs_));
        if (!connections_.empty()) out.put("connections", list(connections_));
        out.put("actions", list(actions_)).put("triggers", list(triggers_));
        if (app_) out.put("app", app_->members_.text());
        return out.text();
    }
    void run(Instance& instance, const tappet_call_info& info) const {
        const std::uint64_t call = info.call;
        try {
            handler(info)(instance, info);
        } catch (...) {
            instance.fail_with_current(call);
        }
    }

private:
    template <class T>
    static std::string list(const std::deque<T>& entries) {
        std::vector<std::string> out;
        for (const T& entry : entries) out.push_back(entry.json());
        return json_list(out);
    }
    template <class T>
    static const Handler& at(const std::deque<T>& entries, const tappet_call_info& info, const char* what) {
        if (info.index < entries.size() && entries[info.index].handler_) return entries[info.index].handler_;
        throw Error::internal("this plugin has no " + std::string(what) + " number " +
                              std::to_string(info.index) + " to call");
    }
    const Handler& handler(const tappet_call_info& info) const {
        switch (info.kind) {
            case TAPPET_CALL_ACTION:
                return at(actions_, info, "action");
            case TAPPET_CALL_HOOK:
                if (info.index == TAPPET_APP && app_) return app_->handler_;
                return at(triggers_, info, "trigger");
            case TAPPET_CALL_POLL:
                return at(triggers_, info, "trigger");
            case TAPPET_CALL_CHECK:
                return at(connections_, info, "connection");
            default:
                throw Error::internal("this plugin does not know calls of kind " + std::to_string(info.kind));
        }
    }

    JsonMembers members_;
    std::vector<std::string> needs_;
    std::deque<ConnectionDefinition> connections_;
    std::deque<ActionDefinition> actions_;
    std::deque<TriggerDefinition> triggers_;
    std::optional<AppDefinition> app_;
};

/// The C face of a definition. Hidden whatever the flags are: GCC makes statics of what other libraries may
/// see one for the whole process, and a changed build, or another plugin, would get what the first has
/// defined.
template <void (*define)(Plugin&)>
class TAPPET_HIDDEN Library {
public:
    Library() {
        define(definition());
        manifest_ = definition().manifest();
        abi_.size = sizeof abi_;
        abi_.minor = TAPPET_ABI_MINOR;
        abi_.manifest = to_text(manifest_);
        abi_.create = [](const tappet_host* host) -> void* {
            try {
                return new Instance(host, definition());
            } catch (...) {
                return nullptr;
            }
        };
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

/// What the entry symbol answers; null when the definition throws, and why on the standard error.
template <void (*define)(Plugin&)>
TAPPET_HIDDEN const tappet_plugin* entry_of() {
    try {
        static const Library<define> library;
        return library.abi();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "this plugin cannot be defined: %s\n", error.what());
    } catch (...) {
        std::fputs("this plugin cannot be defined: it threw something that is no exception\n", stderr);
    }
    return nullptr;
}

}  // namespace tappet::sdk

/// Makes the library's one exported symbol from a function that fills a Plugin.
#define TAPPET_PLUGIN(define)                                              \
    extern "C" TAPPET_EXPORT const tappet_plugin* tappet_plugin_v1(void) { \
        return ::tappet::sdk::entry_of<define>();                          \
    }
