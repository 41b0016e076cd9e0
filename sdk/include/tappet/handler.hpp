#pragma once
#include <tappet/codec.hpp>
#include <tappet/context.hpp>
#include <tappet/task.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace tappet::sdk {

/// What a call of the plugin's is answered with.
using Handler = std::function<void(Instance&, const tappet_call_info&)>;

template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
    using Result = R;
    using Arguments = std::tuple<A...>;
};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...)> : Signature<R (*)(A...)> {};
template <class R, class... A>
struct Signature<R (*)(A...) noexcept> : Signature<R (*)(A...)> {};
template <class R, class C, class... A>
struct Signature<R (C::*)(A...) const noexcept> : Signature<R (*)(A...)> {};

template <class R>
struct TaskResult {
    using type = R;
    static constexpr bool is_task = false;
};
template <class R>
struct TaskResult<Task<R>> {
    using type = R;
    static constexpr bool is_task = true;
};

/// What an implementation takes and yields, found from its signature.
template <class F>
class Shape {
    template <class A>
    static constexpr bool is_given =
        std::is_same_v<std::decay_t<A>, Context> || std::is_same_v<std::decay_t<A>, Call>;
    template <class... A>
    static auto input(std::tuple<A...>*) {
        return std::tuple_cat(std::conditional_t<is_given<A>, std::tuple<>,
                                                 std::tuple<std::type_identity<std::decay_t<A>>>>()...);
    }
    template <class... A>
    static constexpr bool any_call(std::tuple<A...>*) {
        return (std::is_same_v<std::decay_t<A>, Call> || ...);
    }
    template <class... A>
    static constexpr bool any_reference(std::tuple<A...>*) {
        return (std::is_reference_v<A> || ...);
    }
    using Arguments = typename Signature<F>::Arguments;
    using Inputs = decltype(input(static_cast<Arguments*>(nullptr)));
    static_assert(std::tuple_size_v<Inputs> <= 1,
                  "an implementation takes a Context or a Call, and one input at most");

public:
    using Result = typename TaskResult<typename Signature<F>::Result>::type;
    static constexpr bool is_task = TaskResult<typename Signature<F>::Result>::is_task;
    static constexpr bool takes_call = any_call(static_cast<Arguments*>(nullptr));
    static constexpr bool has_input = std::tuple_size_v<Inputs> == 1;
    /// View where there is none.
    using Input =
        typename std::tuple_element_t<0, decltype(std::tuple_cat(
                                             Inputs(), std::tuple<std::type_identity<View>>()))>::type;
    static_assert(!is_task || !any_reference(static_cast<Arguments*>(nullptr)),
                  "a coroutine takes its Context and input by value: references would not live long enough");
    static_assert(!takes_call || std::is_void_v<Result>,
                  "what takes a Call completes it, and yields nothing");
    using ArgumentList = Arguments;
};

/// Drives a coroutine to its end and completes its call.
template <class R>
Detached drive(Instance& instance, std::uint64_t call, Task<R> task) {
    try {
        R result = co_await task;
        instance.succeed(call, result);
    } catch (...) {
        instance.fail_with_current(call);
    }
}

template <class A, class In>
decltype(auto) bind_argument(const Context& context, In& input) {
    if constexpr (std::is_same_v<std::decay_t<A>, Context>)
        return (context);
    else if constexpr (std::is_same_v<std::decay_t<A>, Call>)
        return Call(context);
    else if constexpr (std::is_lvalue_reference_v<A>)
        return (input);
    else
        return std::move(input);
}

template <class F, class In, class... A>
decltype(auto) call_with(const F& f, const Context& context, In& input, std::tuple<A...>*) {
    return f(bind_argument<A>(context, input)...);
}

/// Makes a handler of any of the three styles: yields a value, yields a Task, takes a Call. The input is read
/// before the implementation is called; `root` names it in messages.
template <class F>
Handler make_handler(F f, std::string_view root) {
    using S = Shape<F>;
    using In = typename S::Input;
    using List = typename S::ArgumentList;
    return [f = std::move(f), root = std::string(root)](Instance& instance, const tappet_call_info& info) {
        const Context context(instance, info);
        const std::uint64_t call = info.call;
        In input = Codec<In>::read(context.input(), Place(root));
        List* const list = nullptr;
        if constexpr (S::takes_call) {
            // The Call has failed itself on its way out.
            guarded(instance, call, [&] { call_with(f, context, input, list); });
        } else if constexpr (S::is_task) {
            drive(instance, call, call_with(f, context, input, list));
        } else if constexpr (std::is_void_v<typename S::Result>) {
            call_with(f, context, input, list);
            instance.succeed(call, Json());
        } else {
            instance.succeed(call, call_with(f, context, input, list));
        }
    };
}

}  // namespace tappet::sdk
