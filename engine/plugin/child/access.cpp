#include "plugin/child/access.hpp"

#include <algorithm>
#include <span>

#include "plugin/child/doors.hpp"
#include "plugin/core.hpp"
#include "plugin/text_limits.hpp"

namespace tappet::plugin::child {
namespace {

/// The items of a question, by place; what is not there or of another kind makes it unreadable.
class Parts {
public:
    explicit Parts(const Value& list) {
        if (list.is(Kind::list)) items_ = list.items();
    }
    std::string text(std::size_t at) {
        if (at < items_.size() && items_[at].is(Kind::bytes)) return std::string(items_[at].as_string());
        return ok_ = false, std::string();
    }
    std::optional<std::string> text_or_null(std::size_t at) {
        if (at < items_.size() && items_[at].is_null()) return std::nullopt;
        return text(at);
    }
    std::uint64_t number(std::size_t at) {
        if (at < items_.size() && items_[at].is(Kind::uint)) return items_[at].as_uint();
        return ok_ = false, 0;
    }
    bool flag(std::size_t at) {
        if (at < items_.size() && items_[at].is(Kind::boolean)) return items_[at].as_boolean();
        return ok_ = false;
    }
    RunId run(std::size_t at) {
        RunId out;
        const std::string bytes = text(at);
        if (bytes.size() != out.bytes.size()) return ok_ = false, out;
        std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
        return out;
    }
    bool ok() const { return ok_; }

private:
    std::span<const Value> items_;
    bool ok_ = true;
};

CallOutcome gone() { return outcome_of(Error::unavailable("the engine stops")); }
CallOutcome none(const char* what) {
    return outcome_of(Error::unavailable(std::string("this engine keeps no ") + what));
}

CallOutcome bytes(const Result<std::string>& result) {
    if (!result) return outcome_of(result.error());
    return Value::bytes(*result);
}

/// What `door` gives, unless there is none or the engine is about to end.
template <class D, class F>
std::function<CallOutcome()> through(Core& core, D* door, const char* what, F access) {
    return [&core, door, what, access = std::move(access)]() -> CallOutcome {
        if (!door) return none(what);
        return core.reach([&]() -> CallOutcome { return access(*door); }, gone());
    };
}

}  // namespace

std::optional<Access> access_of(Core& core, const std::string& plugin, const Ask& ask) {
    Parts parts(ask.what);
    Access out;
    switch (ask.door) {
        case Door::state_get: {
            out.tenant = parts.text(0);
            out.reach =
                through(core, core.doors.state, "state",
                        [tenant = out.tenant, plugin, key = parts.text(1)](StateDoor& door) -> CallOutcome {
                            auto read = door.get(tenant, plugin, key);
                            if (!read) return outcome_of(read.error());
                            return *read ? Value::bytes(**read) : Value();
                        });
            break;
        }
        case Door::state_set: {
            out.tenant = parts.text(0);
            const std::string key = parts.text(1);
            const auto value = parts.text_or_null(2);
            // The child's own service holds to these; what writes into its socket does not.
            if (key.size() > kMaxStateKey || (value && value->size() > kMaxStateValue)) return std::nullopt;
            out.reach = through(core, core.doors.state, "state",
                                [tenant = out.tenant, plugin, key, value](StateDoor& door) -> CallOutcome {
                                    const auto written = door.set(tenant, plugin, key, value);
                                    if (!written) return outcome_of(written.error());
                                    return Value();
                                });
            break;
        }
        case Door::connection: {
            ConnectionAsk asked;
            asked.tenant = out.tenant = parts.text(0);
            asked.plugin = plugin;
            out.account = asked.name = parts.text(1);
            asked.refused = parts.flag(2);
            out.reach = through(core, core.doors.connections, "connections",
                                [asked](ConnectionDoor& door) { return door.get(asked); });
            break;
        }
        case Door::blob_write: {
            const RunId run = parts.run(0);
            out.run = run;
            out.tenant = parts.text(1);
            out.writes = parts.text(2);
            out.reach = through(core, core.doors.blobs, "blobs",
                                [run, tenant = out.tenant, id = *out.writes, data = parts.text(3)](
                                    BlobDoor& door) { return bytes(door.write(run, tenant, id, data)); });
            break;
        }
        case Door::blob_read: {
            const RunId run = parts.run(0);
            out.run = run;
            out.tenant = parts.text(1);
            out.reach = through(core, core.doors.blobs, "blobs",
                                [run, tenant = out.tenant, id = parts.text(2), offset = parts.number(3),
                                 max = parts.number(4)](BlobDoor& door) {
                                    return bytes(door.read(run, tenant, id, offset, max));
                                });
            break;
        }
        default:
            return std::nullopt;
    }
    if (!parts.ok() || (out.run && out.run->is_nil())) return std::nullopt;
    return out;
}

}  // namespace tappet::plugin::child
