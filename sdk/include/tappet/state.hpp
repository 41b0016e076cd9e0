#pragma once
#include <tappet/service.hpp>

namespace tappet::sdk {

/// Durable keys of this plugin in the call's tenant. Failures throw Error::unavailable.
class State {
public:
    State(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    struct Access;
    Pending<Access> get(std::string key) const;                     ///< co_await: the value, or nothing
    Pending<Access> set(std::string key, std::string value) const;  ///< co_await; durable once it resumes
    Pending<Access> erase(std::string key) const;
    /// As get, set and erase, for actions that do not declare nonBlocking.
    std::optional<std::string> get_now(std::string_view key) const {
        Fetched fetched;
        function(&tappet_state_v1::get_now, "get_now")(instance_->host, call_, to_text(key), Fetched::keep,
                                                       &fetched);
        return fetched.take_from("state");
    }
    void set_now(std::string_view key, std::string_view value) const {
        const tappet_text text = to_text(value);
        write_now(key, &text);
    }
    void erase_now(std::string_view key) const { write_now(key, nullptr); }

private:
    template <class F>
    F function(F tappet_state_v1::*member, std::string_view name) const {
        return service_function(instance_->state, member, "state/1", name);
    }
    void write_now(std::string_view key, const tappet_text* value) const {
        Fetched fetched;
        function(&tappet_state_v1::set_now, "set_now")(instance_->host, call_, to_text(key), value,
                                                       Fetched::keep, &fetched);
        fetched.take_from("state");
    }
    Instance* instance_;
    std::uint64_t call_;
};

struct State::Access : Fetched {
    Access(State of, bool writes, std::string name, std::optional<std::string> text_to_set)
        : state(of), write(writes), key(std::move(name)), value(std::move(text_to_set)) {}
    void start(Access* self) const {
        Fetched* const to = self;
        const tappet_host* const host = state.instance_->host;
        if (!write)
            return state.function(&tappet_state_v1::get, "get")(host, state.call_, to_text(key), keep, to);
        tappet_text text_to_set{};
        if (value) text_to_set = to_text(*value);
        state.function(&tappet_state_v1::set, "set")(host, state.call_, to_text(key),
                                                     value ? &text_to_set : nullptr, keep, to);
    }
    std::optional<std::string> take() { return take_from("state"); }
    State state;
    bool write;
    std::string key;
    std::optional<std::string> value;
};

inline Pending<State::Access> State::get(std::string key) const {
    return Pending<Access>(Access(*this, false, std::move(key), std::nullopt));
}
inline Pending<State::Access> State::set(std::string key, std::string value) const {
    return Pending<Access>(Access(*this, true, std::move(key), std::move(value)));
}
inline Pending<State::Access> State::erase(std::string key) const {
    return Pending<Access>(Access(*this, true, std::move(key), std::nullopt));
}

}  // namespace tappet::sdk
