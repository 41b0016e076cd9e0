#include "trigger/incoming.hpp"

#include <utility>

#include "trigger/admission.hpp"
#include "trigger/body.hpp"
#include "trigger/cloud_event.hpp"

namespace tappet::trigger {
namespace {

using Read = std::variant<std::vector<Incoming>, Problem>;

Read too_many(std::size_t count, std::size_t most) {
    return Problem{413,
                   "too-many-events",
                   "the body holds " + std::to_string(count) + " events, and one request may hold " +
                       std::to_string(most) + "; send it in parts",
                   {},
                   0,
                   ""};
}

Read of_cloud_events(CloudMode mode, const http::Request& request, const std::string& key, std::size_t most) {
    auto read = read_cloud_events(mode, request);
    if (auto* problem = std::get_if<Problem>(&read)) return std::move(*problem);
    auto& events = std::get<std::vector<CloudEvent>>(read);
    if (events.size() > most) return too_many(events.size(), most);
    std::vector<Incoming> out;
    for (CloudEvent& event : events) {
        const bool alone = mode != CloudMode::batch && !key.empty();
        out.push_back(
            {std::move(event.data), std::move(event.attributes), alone ? key : std::move(event.key)});
    }
    return out;
}

}  // namespace

Read read_incoming(const http::Request& request, bool split, std::size_t most) {
    const std::string key = sender_key(request.headers);
    if (const CloudMode mode = cloud_mode(request.headers); mode != CloudMode::none)
        return of_cloud_events(mode, request, key, most);
    Body body = read_body(request.headers.get("content-type"), request.body);
    if (body.problem) return std::move(*body.problem);
    std::vector<Incoming> out;
    if (!split || !body.value.is(Kind::list)) {
        out.push_back({std::move(body.value), Value::null(), key});
        return out;
    }
    if (body.value.size() > most) return too_many(body.value.size(), most);
    for (const Value& item : body.value.items())
        out.push_back({item, Value::null(), key.empty() ? key : key + "\n#" + std::to_string(out.size())});
    return out;
}

}  // namespace tappet::trigger
