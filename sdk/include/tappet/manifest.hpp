#pragma once
#include <tappet/codec.hpp>
#include <tappet/fields.hpp>
#include <tappet/handler.hpp>
#include <tappet/trigger.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// The name of an error class in manifests and flows.
inline std::string_view name_of(ErrorClass error_class) {
    switch (error_class) {
        case ErrorClass::validation:
            return "validation";
        case ErrorClass::auth:
            return "auth";
        case ErrorClass::forbidden:
            return "forbidden";
        case ErrorClass::not_found:
            return "notFound";
        case ErrorClass::conflict:
            return "conflict";
        case ErrorClass::rate_limited:
            return "rateLimited";
        case ErrorClass::timeout:
            return "timeout";
        case ErrorClass::unavailable:
            return "unavailable";
        case ErrorClass::upstream:
            return "upstream";
        case ErrorClass::cancelled:
            return "cancelled";
        case ErrorClass::internal:
            break;
    }
    return "internal";
}

/// An entry of the manifest; Self is the definition that its functions answer. Schemas and samples are JSON
/// as text, or come from a described type. docs/ABI.md says what each field means.
template <class Self>
class ManifestEntry {
public:
    Self& title(std::string_view text) { return put("title", json_quoted(text)); }
    Self& description(std::string_view text) { return put("description", json_quoted(text)); }
    /// Any other field, its value as JSON text.
    Self& put(std::string_view key, std::string json) {
        members_.put(key, std::move(json));
        return static_cast<Self&>(*this);
    }
    std::string json() const {
        JsonMembers out = members_;
        for (const auto& [key, items] : lists_) out.put(key, json_list(items));
        return out.text();
    }

protected:
    explicit ManifestEntry(std::string_view name) { members_.put("name", json_quoted(name)); }
    Self& add(std::string_view key, std::string json) {
        for (auto& [name, items] : lists_)
            if (name == key) return items.push_back(std::move(json)), static_cast<Self&>(*this);
        lists_.emplace_back(key, std::vector<std::string>{std::move(json)});
        return static_cast<Self&>(*this);
    }
    template <class T>
    Self& schema(std::string_view key, bool as_result = false) {
        const JsonMembers members = schema_of<T>(as_result);
        return members.empty() ? static_cast<Self&>(*this) : put(key, members.text());
    }
    /// A connection type it takes; said several times, any of them. What the credential must allow.
    Self& connection_type(std::string_view name) { return add("connection", json_quoted(name)); }

private:
    JsonMembers members_;
    std::vector<std::pair<std::string, std::vector<std::string>>> lists_;
};

class ActionDefinition : public ManifestEntry<ActionDefinition> {
public:
    ActionDefinition& input(std::string_view schema) { return put("input", std::string(schema)); }
    ActionDefinition& output(std::string_view schema) { return put("output", std::string(schema)); }
    ActionDefinition& pure() { return put("pure", "true"); }  ///< same input, same result, no effect
    /// Repeating it with the same key does no harm.
    ActionDefinition& idempotent() { return put("idempotent", "true"); }
    /// Returns at once: runs on the loop.
    ActionDefinition& non_blocking() { return put("nonBlocking", "true"); }
    /// A connection type it takes; any of them where it is said several times.
    ActionDefinition& connection(std::string_view type) { return connection_type(type); }
    ActionDefinition& scope(std::string_view name) { return add("scopes", json_quoted(name)); }
    /// What may go wrong, and when. The code may be empty.
    ActionDefinition& error(ErrorClass error_class, std::string_view code, std::string_view when) {
        JsonMembers out;
        out.put("class", json_quoted(name_of(error_class)));
        if (!code.empty()) out.put("code", json_quoted(code));
        return add("errors", out.put("when", json_quoted(when)).text());
    }
    /// Shown in docs, answers in tests of flows; must fit the schemas.
    template <Coded In, Coded Result>
    ActionDefinition& sample(std::string_view title, const In& input, const Result& results) {
        return add("samples", JsonMembers()
                                  .put("title", json_quoted(title))
                                  .put("input", json_text(input))
                                  .put("results", json_text(results))
                                  .text());
    }

private:
    friend class Plugin;
    ActionDefinition(std::string_view name, Handler handler)
        : ManifestEntry(name), handler_(std::move(handler)) {}
    template <class T>
    void takes() {
        schema<T>("input");
    }
    template <class T>
    void yields() {
        schema<T>("output", true);
    }
    Handler handler_;
};

class TriggerDefinition : public ManifestEntry<TriggerDefinition> {
public:
    TriggerDefinition& settings(std::string_view schema) { return put("settings", std::string(schema)); }
    TriggerDefinition& body(std::string_view schema) { return put("body", std::string(schema)); }
    /// The trigger's `with`, and trigger.body, as described types.
    template <Coded T>
    TriggerDefinition& settings() {
        return schema<T>("settings");
    }
    template <Coded T>
    TriggerDefinition& body() {
        return schema<T>("body");
    }
    TriggerDefinition& connection(std::string_view type) { return connection_type(type); }
    TriggerDefinition& scope(std::string_view name) { return add("scopes", json_quoted(name)); }
    /// A type of event at the plugin's own address that starts it.
    TriggerDefinition& on(std::string_view type) { return add("events", json_quoted(type)); }
    template <Coded T>
    TriggerDefinition& sample(std::string_view title, const T& body) {
        return add("samples",
                   JsonMembers().put("title", json_quoted(title)).put("body", json_text(body)).text());
    }
    /// Of a webhook: verifies and reads the requests itself: HookResult(const Context&, const HookRequest&),
    /// or a Task by value. Without it the flow's `verify` does.
    template <class F>
    TriggerDefinition& handles(F implementation) {
        handler_ = make_handler(std::move(implementation), "request");
        return put("handles", "true");
    }

private:
    friend class Plugin;
    TriggerDefinition(std::string_view name, std::string_view kind) : ManifestEntry(name) {
        put("kind", json_quoted(kind));
    }
    Handler handler_;
};

class ConnectionDefinition : public ManifestEntry<ConnectionDefinition> {
public:
    ConnectionDefinition& fields(std::string_view schema) { return put("fields", std::string(schema)); }
    template <Coded T>
    ConnectionDefinition& fields() {
        return schema<T>("fields");
    }
    ConnectionDefinition& authorize_url(std::string_view url) {
        return put("authorizeUrl", json_quoted(url));
    }
    ConnectionDefinition& token_url(std::string_view url) { return put("tokenUrl", json_quoted(url)); }
    ConnectionDefinition& revoke_url(std::string_view url) { return put("revokeUrl", json_quoted(url)); }
    ConnectionDefinition& scope(std::string_view name) { return add("scopes", json_quoted(name)); }
    /// How the engine adds the credential to requests: attach("Authorization", "Bearer {accessToken}").
    ConnectionDefinition& attach(std::string_view header, std::string_view value) {
        return put("attach",
                   JsonMembers().put("header", json_quoted(header)).put("value", json_quoted(value)).text());
    }
    /// Tries a connection: whatever it yields says that it works, an Error says why not.
    template <class F>
    ConnectionDefinition& check(F implementation) {
        handler_ = make_handler(std::move(implementation), "input");
        return put("check", "true");
    }

private:
    friend class Plugin;
    ConnectionDefinition(std::string_view name, std::string_view type) : ManifestEntry(name) {
        put("type", json_quoted(type));
    }
    Handler handler_;
};

/// The plugin's own address, /hooks/@{plugin}.
class AppDefinition {
public:
    AppDefinition& settings(std::string_view schema) {
        members_.put("settings", std::string(schema));
        return *this;
    }
    template <Coded T>
    AppDefinition& settings() {
        members_.put("settings", schema_of<T>().text());
        return *this;
    }

private:
    friend class Plugin;
    JsonMembers members_;
    Handler handler_;
};

}  // namespace tappet::sdk
