#include "runtime/messages.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "base/time_text.hpp"
#include "expr/json.hpp"
#include "run/activation.hpp"
#include "run/history.hpp"

namespace tappet::runtime {
namespace {

constexpr std::array<std::string_view, 3> kOmittedFirst{"outputs", "labels", "error"};

bool is_told(const flow::NotifyPlan& address, run::RunStatus status) {
    if (status == run::RunStatus::waiting) return address.on_wait;
    if (address.on_end) return true;
    const bool failed = status == run::RunStatus::failed || status == run::RunStatus::quarantined;
    return address.on_failure && failed;
}

std::string body_of(const std::string& type, const run::RunState& run, TimeMs time, std::string_view base_url,
                    const std::set<std::string_view>& without, const std::vector<Value>& omitted) {
    std::vector<MapEntry> data;
    const Value document = run::run_document(run);
    for (const MapEntry& entry : document.entries())
        if (!without.contains(entry.key.as_string())) data.push_back(entry);
    const std::string url = run::run_address(base_url, run.start.tenant, run.start.id);
    data.push_back({Value::string("url"), Value::string(url)});
    if (!omitted.empty()) data.push_back({Value::string("omitted"), Value::list(omitted)});
    std::string out;
    append_json(out, Value::object({{"type", Value::string(type)},
                                    {"timestamp", Value::string(to_rfc3339(time))},
                                    {"data", Value::map(std::move(data))}}));
    return out;
}

}  // namespace

std::vector<store::OutgoingMessage> messages_of(const run::RunState& run, TimeMs now,
                                                std::string_view base_url, std::size_t max_bytes,
                                                IdSource& ids) {
    const run::RunStatus status = run::visible_status(run);
    const TimeMs time = run::is_final(status) ? run.finished : now;
    std::vector<store::OutgoingMessage> out;
    for (const flow::NotifyPlan& address : run.plan->notify) {
        if (!is_told(address, status)) continue;
        store::OutgoingMessage message;
        message.id = ids.next();
        message.to = {run.start.tenant, run.start.flow, address.id};
        message.version = run.start.version;
        message.run = run.start.id;
        message.due = now;  // the id may be ahead of a clock that was set back
        message.type = "run." + std::string(run::to_string(status));
        std::set<std::string_view> without;
        if (!address.outputs) without.insert("outputs");
        if (!address.labels) without.insert("labels");
        std::vector<Value> omitted;
        message.body = body_of(message.type, run, time, base_url, without, omitted);
        for (const std::string_view part : kOmittedFirst) {
            if (message.body.size() <= max_bytes) break;
            if (!without.insert(part).second) continue;
            omitted.push_back(Value::string(part));
            message.body = body_of(message.type, run, time, base_url, without, omitted);
        }
        out.push_back(std::move(message));
    }
    return out;
}

}  // namespace tappet::runtime
