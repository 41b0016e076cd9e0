#pragma once
#include <tappet/instance.hpp>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tappet::sdk {

/// A function of a service's table. An engine without the service, or one that is too old for the function,
/// makes it Error::internal.
template <class Table, class Function>
Function service_function(const Table* table, Function Table::*member, std::string_view service,
                          std::string_view name) {
    if (!table) throw Error::internal("this engine offers no " + std::string(service));
    const auto* const begin = reinterpret_cast<const char*>(table);
    const auto* const end = reinterpret_cast<const char*>(&(table->*member)) + sizeof(Function);
    if (static_cast<std::size_t>(end - begin) <= table->size && table->*member) return table->*member;
    throw Error::internal("the " + std::string(service) + " of this engine has no " + std::string(name) +
                          ": the plugin needs a newer engine");
}

/// Runs what the engine calls back for a call: nothing that the plugin throws may reach the engine.
template <class F>
void guarded(Instance& instance, std::uint64_t call, const F& run) noexcept {
    try {
        run();
    } catch (...) {
        instance.threw(call);
    }
}

/// A function that the engine calls back once, with what it takes to guard it.
template <class Done>
struct Callback {
    Instance& instance;
    std::uint64_t call;
    Done done;

    /// `made` makes what the function is given.
    template <class Made>
    static void run(void* to, const Made& made) noexcept {
        const std::unique_ptr<Callback> own(static_cast<Callback*>(to));
        guarded(own->instance, own->call, [&] { own->done(made()); });
    }
};

/// An operation of the engine, awaited once. Op starts it: `start(done, context)`, where `Op::done` is the C
/// callback, and yields what was kept: `take()`.
template <class Op>
class Pending {
public:
    explicit Pending(Op op) : op_(std::move(op)) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) {
        op_.waiting = waiting;
        // From here on another thread may resume, and end, the coroutine that holds *this.
        op_.start(&op_);
    }
    auto await_resume() { return op_.take(); }

private:
    Op op_;
};

/// What a callback of the form tappet_state_done brought: of state and blobs.
struct Fetched {
    static constexpr int kNoMemory = std::numeric_limits<int>::min();
    int found = 0;
    std::string text;
    std::coroutine_handle<> waiting{};

    static void keep(void* to, std::int32_t found, tappet_text value) noexcept {
        auto* self = static_cast<Fetched*>(to);
        self->found = found;
        try {
            self->text = text_of(value);
        } catch (...) {
            self->found = kNoMemory;
        }
        if (const auto then = self->waiting) then.resume();
    }
    std::optional<std::string> take_from(std::string_view service) {
        if (found == kNoMemory) throw Error::internal(std::string(service) + ": no memory for what it holds");
        if (found < 0) throw Error::unavailable(std::string(service) + ": " + text);
        if (found == 0) return std::nullopt;
        return std::move(text);
    }
};

}  // namespace tappet::sdk
