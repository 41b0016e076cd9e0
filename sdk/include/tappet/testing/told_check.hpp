#pragma once
#include <tappet/abi.h>
#include <tappet/testing/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace tappet::sdk::mock {

/// The most events of one request, of limits.events where the engine has no other.
inline constexpr std::int64_t kMostHookEvents = 1'000;

/// Whether what a hook or poll yields is what docs/ABI.md says, as the engine looks: answers what is wrong,
/// or nothing. The engine takes nothing of a result that is not.
inline std::optional<std::string> misfit_told(std::uint32_t kind, const Value& told, std::int64_t most) {
    static constexpr std::size_t kMostIdBytes = 1'024;
    const bool poll = kind == TAPPET_CALL_POLL;
    if (!told.is_map()) {
        if (!poll && told.is_null()) return std::nullopt;
        return "the result must be a map, not " + told.json(false);
    }
    const Value& events = told["events"];
    if (!events.is_null() && !events.is_list()) return "events must be a list, not " + events.json(false);
    if (std::cmp_greater(events.size(), most))
        return "events has " + std::to_string(events.size()) + " entries, the most is " +
               std::to_string(most) +
               (poll ? ", the poll's limit: leave the rest to the next one, with more()" : "");
    for (std::size_t i = 0; i < events.size(); ++i) {
        const std::string place = "events[" + std::to_string(i) + "]";
        if (!events[i].is_map()) return place + " must be a map, not " + events[i].json(false);
        for (const char* key : {"id", "type"})
            if (const Value& text = events[i][key]; !text.is_null() && text.kind() != Kind::string)
                return place + "." + key + " must be a text, not " + text.json(false);
        if (events[i]["id"].string().size() > kMostIdBytes)
            return place + ".id has " + std::to_string(events[i]["id"].size()) + " bytes, the most is " +
                   std::to_string(kMostIdBytes);
    }
    if (const Value& more = told["more"]; poll && !more.is_null() && more.kind() != Kind::boolean)
        return "more must be true or false, not " + more.json(false);
    if (const Value& answer = told["answer"]; !poll && !answer.is_null()) {
        if (!answer.is_map()) return "answer must be a map, not " + answer.json(false);
        const Value& status = answer["status"];
        if (!status.is_null() &&
            (status.kind() != Kind::integer || status.integer() < 200 || status.integer() > 599))
            return "answer.status must be an integer from 200 to 599, not " + status.json(false);
    }
    return std::nullopt;
}

}  // namespace tappet::sdk::mock
