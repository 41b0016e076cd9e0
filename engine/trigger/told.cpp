#include "trigger/told.hpp"

namespace tappet::trigger {
namespace {

constexpr int kLeastStatus = 200, kMostStatus = 599;

Error misfit(const std::string& place, const Value& value, const std::string& wanted) {
    return Error::invalid(place + " must be " + wanted + ", it is a " + std::string(type_name(value)));
}

/// A member that may be left out; null is as good as absent.
const Value* member(const Value& map, std::string_view name) {
    const Value* found = map.find(name);
    return found && !found->is_null() ? found : nullptr;
}

Result<std::string> read_text(const Value& map, std::string_view name, const std::string& place) {
    const Value* value = member(map, name);
    if (!value) return std::string();
    if (!value->is(Kind::string)) return misfit(place + "." + std::string(name), *value, "a text");
    return std::string(value->as_string());
}

Result<ToldEvent> read_event(const Value& value, const std::string& place) {
    if (!value.is(Kind::map)) return misfit(place, value, "a map");
    ToldEvent out;
    auto id = read_text(value, "id", place);
    if (!id) return id.error();
    if (id->size() > kMaxEventId)
        return Error::invalid(place + ".id has " + std::to_string(id->size()) + " bytes, the most is " +
                              std::to_string(kMaxEventId));
    auto type = read_text(value, "type", place);
    if (!type) return type.error();
    if (const Value* owner = member(value, "owner")) {
        if (!owner->is(Kind::string) && !owner->is(Kind::map))
            return misfit(place + ".owner", *owner, "a text or a map");
        out.owner = *owner;
    }
    if (const Value* body = value.find("body")) out.body = *body;
    out.id = std::move(*id);
    out.secret_id = !out.id.empty() && value.find("id")->secret();
    out.type = std::move(*type);
    return out;
}

Result<std::vector<ToldEvent>> read_events(const Value& result, std::size_t limit) {
    std::vector<ToldEvent> out;
    const Value* events = member(result, "events");
    if (!events) return out;
    if (!events->is(Kind::list)) return misfit("events", *events, "a list");
    if (events->size() > limit)
        return Error::invalid("events has " + std::to_string(events->size()) + " entries, the most is " +
                              std::to_string(limit));
    for (const Value& value : events->items()) {
        auto event = read_event(value, "events[" + std::to_string(out.size()) + "]");
        if (!event) return event.error();
        out.push_back(std::move(*event));
    }
    return out;
}

Result<std::optional<run::Answer>> read_answer(const Value& result) {
    const Value* answer = member(result, "answer");
    if (!answer) return std::optional<run::Answer>();
    if (!answer->is(Kind::map)) return misfit("answer", *answer, "a map");
    run::Answer out;
    if (const Value* status = member(*answer, "status")) {
        if (!status->is(Kind::integer) || status->as_integer() < kLeastStatus ||
            status->as_integer() > kMostStatus)
            return Error::invalid("answer.status must be an integer from 200 to 599");
        out.status = static_cast<int>(status->as_integer());
    }
    if (const Value* headers = member(*answer, "headers")) {
        if (!headers->is(Kind::map)) return misfit("answer.headers", *headers, "a map");
        for (const MapEntry& entry : headers->entries())
            if (!entry.key.is(Kind::string) || !entry.value.is(Kind::string))
                return Error::invalid("answer.headers must hold texts only");
        out.headers = *headers;
    }
    if (const Value* body = answer->find("body")) out.body = *body;
    return std::optional(std::move(out));
}

}  // namespace

Result<HookTold> read_hook(const Value& result) {
    HookTold out;
    if (result.is_null()) return out;
    if (!result.is(Kind::map)) return misfit("the result", result, "a map");
    auto events = read_events(result, kMaxToldEvents);
    if (!events) return events.error();
    auto answer = read_answer(result);
    if (!answer) return answer.error();
    out.events = std::move(*events);
    out.answer = std::move(*answer);
    return out;
}

Result<PollTold> read_poll(const Value& result, std::size_t limit) {
    if (!result.is(Kind::map)) return misfit("the result", result, "a map");
    PollTold out;
    auto events = read_events(result, limit);
    if (!events) return events.error();
    out.events = std::move(*events);
    if (const Value* cursor = result.find("cursor")) out.cursor = *cursor;
    if (const Value* more = member(result, "more")) {
        if (!more->is(Kind::boolean)) return misfit("more", *more, "true or false");
        out.more = more->as_boolean();
    }
    return out;
}

}  // namespace tappet::trigger
