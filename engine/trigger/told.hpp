#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "expr/value.hpp"
#include "run/state.hpp"

namespace tappet::trigger {

/// An event that a plugin told of; docs/ABI.md has the shapes.
struct ToldEvent {
    std::string id;          ///< empty: it has none
    bool secret_id = false;  ///< no log may hold it
    std::string type;        ///< at a plugin's own address
    Value owner;             ///< at a plugin's own address: a text, a map, or null
    Value body;
};

/// What a plugin made of a request.
struct HookTold {
    std::vector<ToldEvent> events;
    std::optional<run::Answer> answer;  ///< its own, instead of ours
};

/// What a poll yielded.
struct PollTold {
    std::vector<ToldEvent> events;
    Value cursor;
    bool more = false;
};

inline constexpr std::size_t kMaxToldEvents = 1'000;  ///< of one request
inline constexpr std::size_t kMaxEventId = 1'024;     ///< bytes

// Each reads a result; fails as invalid, saying where and how it breaks its shape. Members that are not known
// are left alone.
Result<HookTold> read_hook(const Value& result);
/// `limit`: how many events it may hold.
Result<PollTold> read_poll(const Value& result, std::size_t limit);

}  // namespace tappet::trigger
