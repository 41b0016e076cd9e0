#pragma once
#include <cstdio>
#include <exception>
#include <version>

#if defined(__cpp_lib_jthread)
#include <stop_token>
#include <utility>
#else
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#endif

/// Asking to stop: the standard library's own where it has it. libc++ 16 does not; the part of it that
/// plugins need stands here then, with the same meaning.
namespace tappet::sdk {

/// Asking to stop is the engine's doing: what a callback throws ends there, and is printed.
template <class F>
void run_stop_callback(F& callback) noexcept {
    try {
        callback();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "a stop callback threw: %s\n", error.what());
    } catch (...) {
        std::fputs("a stop callback threw something that is no exception\n", stderr);
    }
}

#if defined(__cpp_lib_jthread)

using StopToken = std::stop_token;
using StopSource = std::stop_source;

/// Calls a function when a stop is asked for, at once where it has been. What it throws is printed and goes
/// no further. The destructor takes it back. A class and no alias: Clang 16 does not deduce the arguments of
/// aliases.
template <class F>
class StopCallback {
public:
    StopCallback(StopToken token, F callback) : callback_(std::move(token), Run{std::move(callback)}) {}

private:
    struct Run {
        F callback;
        void operator()() noexcept { run_stop_callback(callback); }
    };
    std::stop_callback<Run> callback_;
};

#else

/// What source, tokens and callbacks share. Any thread.
class StopState {
public:
    using Callbacks = std::list<std::function<void()> >;

    bool requested() const {
        const std::lock_guard lock(mutex_);
        return requested_;
    }
    /// Runs the callbacks, each once, the first time.
    bool request() {
        std::unique_lock lock(mutex_);
        if (std::exchange(requested_, true)) return false;
        caller_ = std::this_thread::get_id();
        while (!callbacks_.empty()) {
            running_.splice(running_.begin(), callbacks_, callbacks_.begin());
            const std::function<void()> callback = running_.front();
            lock.unlock();
            callback();
            lock.lock();
            running_.clear();
            ran_.notify_all();
        }
        return true;
    }
    /// Registers a callback; null when it is to be run at once instead.
    std::function<void()>* add(std::function<void()> callback) {
        const std::lock_guard lock(mutex_);
        if (requested_) return nullptr;
        return &callbacks_.emplace_back(std::move(callback));
    }
    /// Takes a callback back; waits for it while it runs on another thread.
    void remove(const std::function<void()>* callback) {
        std::unique_lock lock(mutex_);
        callbacks_.remove_if([&](const std::function<void()>& each) { return &each == callback; });
        if (caller_ == std::this_thread::get_id()) return;
        ran_.wait(lock, [&] { return running_.empty() || &running_.front() != callback; });
    }

private:
    mutable std::mutex mutex_;
    std::condition_variable ran_;
    bool requested_ = false;
    std::thread::id caller_;
    Callbacks callbacks_, running_;
};

class StopToken {
public:
    StopToken() = default;
    explicit StopToken(std::shared_ptr<StopState> state) : state_(std::move(state)) {}
    bool stop_requested() const { return state_ && state_->requested(); }
    bool stop_possible() const { return state_ != nullptr; }

private:
    template <class F>
    friend class StopCallback;
    std::shared_ptr<StopState> state_;
};

class StopSource {
public:
    StopSource() : state_(std::make_shared<StopState>()) {}
    StopToken get_token() const { return StopToken(state_); }
    bool request_stop() { return state_->request(); }
    bool stop_requested() const { return state_->requested(); }

private:
    std::shared_ptr<StopState> state_;
};

template <class F>
class StopCallback {
public:
    StopCallback(StopToken token, F callback)
        : state_(std::move(token.state_)), callback_(std::move(callback)) {
        if (!state_) return;
        registered_ = state_->add([this] { run_stop_callback(callback_); });
        if (!registered_) run_stop_callback(callback_);
    }
    ~StopCallback() {
        if (registered_) state_->remove(registered_);
    }
    StopCallback(const StopCallback&) = delete;
    StopCallback& operator=(const StopCallback&) = delete;

private:
    std::shared_ptr<StopState> state_;
    F callback_;
    std::function<void()>* registered_ = nullptr;
};
#endif

template <class F>
StopCallback(StopToken, F) -> StopCallback<F>;

}  // namespace tappet::sdk
