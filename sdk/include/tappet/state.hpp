#pragma once
#include <tappet/instance.hpp>

#include <coroutine>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tappet::sdk {

/// Durable keys of this plugin in the call's tenant. Failures throw Error::unavailable.
class State {
public:
    State(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    class Access;
    Access get(std::string key) const;                     ///< co_await: the value, or nothing
    Access set(std::string key, std::string value) const;  ///< co_await; durable once it resumes
    Access erase(std::string key) const;
    /// As get, set and erase, for actions that do not declare nonBlocking.
    std::optional<std::string> get_now(std::string_view key) const;
    void set_now(std::string_view key, std::string_view value) const;
    void erase_now(std::string_view key) const;

private:
    struct Outcome {
        int found = 0;
        std::string text;
        std::optional<std::string> take() {
            if (found < 0) throw Error::unavailable("state: " + text);
            if (found == 0) return std::nullopt;
            return std::move(text);
        }
    };
    static void keep(void* to, std::int32_t found, tappet_text value) {
        auto* outcome = static_cast<Outcome*>(to);
        outcome->found = found;
        outcome->text = text_of(value);
    }
    const tappet_state_v1& table() const {
        if (!instance_->state) throw Error::internal("this engine offers no state/1");
        return *instance_->state;
    }
    void write_now(std::string_view key, const tappet_text* value) const {
        Outcome outcome;
        table().set_now(instance_->host, call_, to_text(key), value, keep, &outcome);
        outcome.take();
    }

    Instance* instance_;
    std::uint64_t call_;
};

class State::Access {
public:
    Access(State state, bool write, std::string key, std::optional<std::string> value)
        : state_(state), write_(write), key_(std::move(key)), value_(std::move(value)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        const tappet_state_v1& table = state_.table();
        const tappet_host* host = state_.instance_->host;
        const auto done = [](void* self, std::int32_t found, tappet_text value) {
            auto* access = static_cast<Access*>(self);
            keep(&access->outcome_, found, value);
            access->waiting_.resume();
        };
        if (!write_) return table.get(host, state_.call_, to_text(key_), done, this);
        tappet_text text{};
        if (value_) text = to_text(*value_);
        table.set(host, state_.call_, to_text(key_), value_ ? &text : nullptr, done, this);
    }
    std::optional<std::string> await_resume() { return outcome_.take(); }

private:
    State state_;
    bool write_;
    std::string key_;
    std::optional<std::string> value_;
    std::coroutine_handle<> waiting_;
    Outcome outcome_;
};

inline State::Access State::get(std::string key) const {
    return {*this, false, std::move(key), std::nullopt};
}
inline State::Access State::set(std::string key, std::string value) const {
    return {*this, true, std::move(key), std::move(value)};
}
inline State::Access State::erase(std::string key) const {
    return {*this, true, std::move(key), std::nullopt};
}
inline std::optional<std::string> State::get_now(std::string_view key) const {
    Outcome outcome;
    table().get_now(instance_->host, call_, to_text(key), keep, &outcome);
    return outcome.take();
}
inline void State::set_now(std::string_view key, std::string_view value) const {
    const tappet_text text = to_text(value);
    write_now(key, &text);
}
inline void State::erase_now(std::string_view key) const { write_now(key, nullptr); }

}  // namespace tappet::sdk
