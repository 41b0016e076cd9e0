#pragma once
#include <tappet/codec.hpp>
#include <tappet/fields.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tappet::sdk {

/// Whether two secrets are the same, in a time that does not tell how much of them is.
inline bool same_secret(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
    return difference == 0;
}

/// A request to a trigger that handles its hook, or to the plugin's own address. Looks at the engine's value;
/// lives until the call is completed.
class HookRequest {
public:
    HookRequest() = default;
    explicit HookRequest(View input) : input_(input) {}

    std::string_view method() const { return input_["method"].raw(); }
    std::string_view path() const { return input_["path"].raw(); }
    /// By its name in lower case; what came twice is joined by ", ".
    std::optional<std::string_view> header(std::string_view name) const {
        return text(input_["headers"][name]);
    }
    /// The first of that name.
    std::optional<std::string_view> query(std::string_view name) const {
        const View value = input_["query"][name];
        return text(value.is_list() ? value.at(0) : value);
    }
    View headers() const { return input_["headers"]; }
    View query() const { return input_["query"]; }
    /// The bytes exactly as sent: what signatures are over.
    std::string_view body() const { return input_["body"].raw(); }
    View received_at() const { return input_["receivedAt"]; }
    /// The trigger's `with`, or at the plugin's own address the plugin's settings.
    View settings() const { return input_["settings"]; }
    template <class T>
    T settings() const {
        return read_as<T>(settings(), "settings");
    }

private:
    static std::optional<std::string_view> text(View value) {
        if (!value.is_string()) return std::nullopt;
        return value.string();
    }
    View input_;
};

/// An event that starts runs.
class TriggerEvent {
public:
    explicit TriggerEvent(Json body) : body_(std::move(body)) {}
    /// Names the event: the same id within the dedupe window starts nothing again.
    TriggerEvent& id(std::string text) { return put("id", Json(std::move(text))); }
    /// At the plugin's own address: starts the triggers that list it in `events`.
    TriggerEvent& type(std::string text) { return put("type", Json(std::move(text))); }
    /// At the plugin's own address: a text or a map that names whose account the event is about.
    TriggerEvent& owner(Json whose) { return put("owner", std::move(whose)); }

    Json json() const {
        Json out = Json::object({});
        out.set("body", body_);
        for (const auto& [name, value] : more_) out.set(name, value);
        return out;
    }

private:
    TriggerEvent& put(const char* name, Json value) {
        more_.insert_or_assign(name, std::move(value));
        return *this;
    }
    Json body_;
    std::map<std::string, Json> more_;
};

inline Json events_json(const std::deque<TriggerEvent>& events) {
    Json out = Json::list();
    for (const TriggerEvent& event : events) out.push(event.json());
    return out;
}

/// What a hook tells: events, in order, and where the sender wants one an answer of its own.
class HookResult {
public:
    /// The reference lives as long as the result.
    TriggerEvent& event(Json body) { return events_.emplace_back(std::move(body)); }
    template <SaysFields T>
    TriggerEvent& event(T body) {
        return event(to_json(std::move(body)));
    }
    /// Sent after the commit instead of the 202. A body is a text, bytes, or anything as JSON.
    HookResult& answer(int status, Json body = nullptr,
                       const std::map<std::string, std::string>& headers = {}) {
        Json fields = Json::object({});
        for (const auto& [name, value] : headers) fields.set(name, value);
        Json out = Json::object({});
        out.set("status", status).set("headers", std::move(fields)).set("body", std::move(body));
        answer_ = std::move(out);
        return *this;
    }
    Json json() const {
        Json out = Json::object({});
        out.set("events", events_json(events_));
        if (answer_) out.set("answer", *answer_);
        return out;
    }

private:
    std::deque<TriggerEvent> events_;
    std::optional<Json> answer_;
};

/// A question what is new.
class PollInput {
public:
    PollInput() = default;
    explicit PollInput(View input) : input_(input) {}
    /// What the last poll yielded; null the first time, and after a reset.
    View cursor() const { return input_["cursor"]; }
    template <class T>
    std::optional<T> cursor() const {
        return read_as<std::optional<T>>(cursor(), "cursor");
    }
    View settings() const { return input_["settings"]; }
    template <class T>
    T settings() const {
        return read_as<T>(settings(), "settings");
    }
    /// How many events one poll yields at most: more fail it. What is left is said by PollResult::more().
    std::int64_t limit() const { return input_["limit"].integer_or(100); }

private:
    View input_;
};

/// What is new, oldest first, and where the next poll goes on.
class PollResult {
public:
    /// `id` names the event. The reference lives as long as the result.
    TriggerEvent& event(std::string id, Json body) {
        return events_.emplace_back(std::move(body)).id(std::move(id));
    }
    template <SaysFields T>
    TriggerEvent& event(std::string id, T body) {
        return event(std::move(id), to_json(std::move(body)));
    }
    PollResult& cursor(Json next) { return cursor_ = std::move(next), *this; }
    template <SaysFields T>
    PollResult& cursor(T next) {
        return cursor(to_json(std::move(next)));
    }
    /// There is more already: poll again at once.
    PollResult& more(bool there_is = true) { return more_ = there_is, *this; }
    std::size_t size() const { return events_.size(); }

    Json json() const {
        Json out = Json::object({});
        out.set("events", events_json(events_)).set("cursor", cursor_);
        if (more_) out.set("more", true);
        return out;
    }

private:
    std::deque<TriggerEvent> events_;
    Json cursor_;
    bool more_ = false;
};

template <>
struct Codec<HookRequest> {
    static HookRequest read(View view, const Place&) { return HookRequest(view); }
};
template <>
struct Codec<PollInput> {
    static PollInput read(View view, const Place&) { return PollInput(view); }
};
template <>
struct Codec<HookResult> {
    static void write(const HookResult& value, const Out& out) { value.json().write(out.to, out.b); }
};
template <>
struct Codec<PollResult> {
    static void write(const PollResult& value, const Out& out) { value.json().write(out.to, out.b); }
};

}  // namespace tappet::sdk
