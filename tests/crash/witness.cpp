#include "witness.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "expr/json.hpp"
#include "flows.hpp"

namespace tappet::crash {
namespace {

/// All that must stay as it is of a complete step.
std::string print_of(const Value& attributes) {
    std::string out;
    for (const std::string_view name : {"attempts", "startedAt", "finishedAt", "results"})
        if (const Value* value = attributes.find(name)) append_json(out, *value);
    return out;
}

}  // namespace

void Witness::begin() { boost::asio::co_spawn(scene_.loop, look(), boost::asio::detached); }

Task<> Witness::finish() {
    finishing_ = true;
    while (!finished_) co_await pause(scene_.loop, kLook);
}

/// One of the latest, which are likely to be under way.
const Event* Witness::choose() {
    constexpr std::size_t kLatest = 100;
    auto& events = scene_.ledger.events();
    if (!scene_.address || events.empty()) return nullptr;
    const std::size_t among = std::min(events.size(), kLatest);
    const Event& event = events[events.size() - 1 -
                                static_cast<std::size_t>(scene_.random.unit() * static_cast<double>(among))];
    return event.run.empty() ? nullptr : &event;
}

Task<> Witness::look() {
    Connection connection(scene_.loop);
    while (!finishing_) {
        const Event* event = choose();
        std::optional<Value> document;
        if (event) document = co_await read_run(scene_, connection, event->run);
        if (document) note(*document);
        if (document) ++scene_.ledger.looks;
        co_await pause(scene_.loop, Milliseconds(1));
    }
    finished_ = true;
}

void Witness::note(const Value& document) {
    const std::string run = text_at(document, {"data", "id"});
    const std::string status = text_at(document, {"data", "attributes", "status"});
    Seen& seen = runs_[run];
    if (!seen.status.empty() && seen.status != status)
        scene_.ledger.broken("run " + run + " had ended as " + seen.status + " and is " + status);
    if (ListedRun{"", "", "", status}.is_final()) seen.status = status;
    const std::string event = text_at(document, {"data", "attributes", "labels", "event"});
    std::size_t found = 0;
    const std::size_t before = seen.steps.size();
    if (const Value* steps = document.find("included"); steps && steps->is(Kind::list))
        for (const Value& step : steps->items()) {
            found += seen.steps.contains(text_at(step, {"attributes", "path"}));
            note_step(seen, run, event, step);
        }
    if (found < before) scene_.ledger.broken("run " + run + " has lost steps that were complete");
}

void Witness::note_step(Seen& seen, const std::string& run, const std::string& event, const Value& step) {
    const std::string path = text_at(step, {"attributes", "path"});
    const Value* attributes = step.find("attributes");
    const bool complete = text_at(step, {"attributes", "status"}) == "succeeded";
    const auto before = seen.steps.find(path);
    if (before == seen.steps.end()) {
        if (!complete) return;
        seen.steps[path] = print_of(*attributes);
        if (const std::string place = place_of_step(path); !place.empty())
            scene_.effects.complete(event, run, place);
        return;
    }
    if (!complete || before->second != print_of(*attributes))
        scene_.ledger.broken("step " + path + " of run " + run + " was complete with " + before->second +
                             " and is now " + text_at(step, {"attributes", "status"}) + " " +
                             print_of(*attributes));
}

}  // namespace tappet::crash
