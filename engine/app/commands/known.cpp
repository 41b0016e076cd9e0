#include "app/commands/known.hpp"

#include <set>

#include "app/commands/listing.hpp"
#include "app/document.hpp"

namespace tappet::app {
namespace {

constexpr std::size_t kMostNamed = 10;
constexpr const char* kFirstTenant = "default";  ///< there whether or not it has flows

std::string named(const std::set<std::string>& names) {
    if (names.empty()) return "; there are none";
    std::string out;
    std::size_t count = 0;
    for (const std::string& name : names) {
        if (++count > kMostNamed) return out + " and " + std::to_string(names.size() - kMostNamed) + " more";
        out += (out.empty() ? "; known: " : ", ") + name;
    }
    return out;
}

}  // namespace

Exit known(Invocation& call, const std::string& flow, const std::string& trigger) {
    const bool first = call.target.tenant == kFirstTenant;
    if (flow.empty() && trigger.empty() && first) return Exit::ok;
    const auto found = ask_all(call.target, call.target.resource("/flows"));
    if (!found) return fail(call.console, found.error());
    const std::string of_tenant = first ? "" : " of tenant " + call.target.tenant;
    if (found->empty() && !first)
        return call.console.fail(Exit::not_found, "no flow" + of_tenant + " is served");
    std::set<std::string> flows, triggers;
    for (const Value& resource : *found) {
        const Value one = plain(resource);
        flows.insert(text_of(one, "id"));
        if (flow.empty() || text_of(one, "id") == flow)
            for (const Value& each : items_of(one, "triggers")) triggers.insert(text_of(each, "id"));
    }
    if (!flow.empty() && !flows.contains(flow))
        return call.console.fail(Exit::not_found,
                                 "no flow " + flow + of_tenant + " is served" + named(flows));
    if (!trigger.empty() && !triggers.contains(trigger))
        return call.console.fail(Exit::not_found, (flow.empty() ? "no flow that is served" : "flow " + flow) +
                                                      " has " + (flow.empty() ? "a" : "no") + " trigger " +
                                                      trigger + named(triggers));
    return Exit::ok;
}

}  // namespace tappet::app
