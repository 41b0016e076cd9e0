#include "plugin/services/state.hpp"

#include <memory>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/running.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/text_limits.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

StateService::Outcome refused(std::string why) { return {-1, std::move(why)}; }

void answer(const StateService::Outcome& outcome, tappet_state_done done, void* context) {
    done(context, outcome.found, as_text(outcome.text));
}

}  // namespace

StateService::Outcome StateService::reach(const std::string& tenant, const Access& access) {
    if (!door_) return refused("this engine keeps no state");
    if (access.key.size() > kMaxStateKey)
        return refused("the key has " + std::to_string(access.key.size()) + " bytes; the most is " +
                       std::to_string(kMaxStateKey));
    if (access.value && access.value->size() > kMaxStateValue)
        return refused("the value of key " + access.key + " has " + std::to_string(access.value->size()) +
                       " bytes; the most is " + std::to_string(kMaxStateValue));
    return core_.reach([&] { return ask_door(tenant, access); }, refused("the engine stops"));
}

StateService::Outcome StateService::ask_door(const std::string& tenant, const Access& access) {
    if (access.write) {
        const auto written = door_->set(tenant, access.plugin, access.key, access.value);
        if (!written) return refused(written.error().message);
        return {1, {}};
    }
    auto read = door_->get(tenant, access.plugin, access.key);
    if (!read) return refused(read.error().message);
    if (!*read) return {0, {}};
    return {1, std::move(**read)};
}

StateService::Outcome StateService::now(std::uint64_t call, const Access& access) {
    if (core_.on_loop()) return refused("an action that declares nonBlocking must not wait for its state");
    std::string tenant;
    if (const Pin open(core_.calls, call); open) {
        tenant = open->context.tenant;
    } else {
        return refused("the call is over");
    }
    return reach(tenant, access);
}

void StateService::later(std::uint64_t call, Access access, tappet_state_done done, void* context) {
    std::string tenant;
    Whose whose;
    bool on_worker = false, over = true;
    if (const Pin open(core_.calls, call); open) {
        tenant = open->context.tenant;
        whose = open->whose();
        on_worker = !open->on_loop;
        over = false;
    }
    core_.workers.push_always([this, tenant = std::move(tenant), access = std::move(access), whose, on_worker,
                               over, done, context] {
        Outcome outcome = over ? refused("the call is over") : reach(tenant, access);
        if (on_worker) {
            const Running running(whose);
            return answer(outcome, done, context);
        }
        core_.to_loop([this, outcome = std::move(outcome), whose, done, context] {
            core_.deliver(whose, [&] { answer(outcome, done, context); });
        });
    });
}

namespace {

StateService::Access reading(const Face& face, tappet_text key) {
    StateService::Access out;
    out.plugin = face.plugin;
    out.key = from_text(key);
    return out;
}
StateService::Access writing(const Face& face, tappet_text key, const tappet_text* value) {
    StateService::Access out = reading(face, key);
    out.write = true;
    if (value) out.value = from_text(*value);
    return out;
}

void get(const tappet_host* host, uint64_t call, tappet_text key, tappet_state_done done, void* context) {
    const Face& face = face_of(host);
    face.core->state.later(call, reading(face, key), done, context);
}
void set(const tappet_host* host, uint64_t call, tappet_text key, const tappet_text* value,
         tappet_state_done done, void* context) {
    const Face& face = face_of(host);
    face.core->state.later(call, writing(face, key, value), done, context);
}
void get_now(const tappet_host* host, uint64_t call, tappet_text key, tappet_state_done done, void* context) {
    const Face& face = face_of(host);
    answer(face.core->state.now(call, reading(face, key)), done, context);
}
void set_now(const tappet_host* host, uint64_t call, tappet_text key, const tappet_text* value,
             tappet_state_done done, void* context) {
    const Face& face = face_of(host);
    answer(face.core->state.now(call, writing(face, key, value)), done, context);
}

constexpr tappet_state_v1 kTable{sizeof(tappet_state_v1), get, set, get_now, set_now};

}  // namespace

const tappet_state_v1& state_table() { return kTable; }

}  // namespace tappet::plugin
