#pragma once
#include <tappet/abi.h>
#include <tappet/codec.hpp>
#include <tappet/error.hpp>
#include <tappet/json.hpp>
#include <tappet/stop.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

namespace tappet::sdk {

class Plugin;

/// One loaded plugin: the engine's tables, and the stop sources of calls that asked for one. Any thread.
class Instance {
public:
    Instance(const tappet_host* engine, const Plugin& definition) : host(engine), plugin(definition) {
        log = table<tappet_log_v1>("log/1");
        clock = table<tappet_clock_v1>("clock/1");
        http = table<tappet_http_v1>("http/1");
        state = table<tappet_state_v1>("state/1");
        metrics = table<tappet_metrics_v1>("metrics/1");
        connection = table<tappet_connection_v1>("connection/1");
        blob = table<tappet_blob_v1>("blob/1");
    }

    const tappet_host* const host;
    const Plugin& plugin;
    const tappet_log_v1* log =
        nullptr;  ///< null, as those below, when the engine has no such service; a table may
                  ///< be shorter than its struct: service.hpp asks for functions
    const tappet_clock_v1* clock = nullptr;
    const tappet_http_v1* http = nullptr;
    const tappet_state_v1* state = nullptr;
    const tappet_metrics_v1* metrics = nullptr;
    const tappet_connection_v1* connection = nullptr;
    const tappet_blob_v1* blob = nullptr;

    /// A token that is asked to stop when the call is. Lives until the call is completed.
    StopToken stop_token(std::uint64_t call) {
        std::unique_lock lock(mutex_);
        StopSource source = stops_[call];
        count();
        lock.unlock();
        if (host->cancelled(host, call)) source.request_stop();
        return source.get_token();
    }
    void cancel(std::uint64_t call) {
        std::unique_lock lock(mutex_);
        const auto found = stops_.find(call);
        if (found == stops_.end()) return;
        StopSource source = found->second;
        lock.unlock();  // what waits on the token may complete the call, which comes back to forget()
        source.request_stop();
    }

    /// Completes a call with a value of a described type, or a Json. What stops it from being written comes
    /// out, and the call is open still.
    template <class T>
    void succeed(std::uint64_t call, const T& result) {
        const auto release = host->builders->release;
        std::unique_ptr<tappet_builder, decltype(release)> builder(host->builders->create(host), release);
        Codec<T>::write(result, Out(host->builders, builder.get()));
        forget(call);
        host->succeed(host, call, builder.release());
    }
    /// A line of a call's log; of the plugin's own with call 0.
    void write_log(std::uint64_t call, tappet_level level, std::string_view message) const {
        if (log) log->write(host, call, static_cast<std::uint32_t>(level), to_text(message));
    }
    void fail(std::uint64_t call, const Error& error) {
        tappet_error out{};
        out.size = sizeof out;
        out.error_class = static_cast<std::uint32_t>(error.error_class());
        out.http_status = error.status();
        out.retry_after_ms = error.retry_after_ms();
        out.code = to_text(error.code());
        out.message = to_text(error.message());
        forget(call);
        host->fail(host, call, &out);
    }
    /// Fails the call with the exception that is being handled.
    void fail_with_current(std::uint64_t call) noexcept {
        try {
            throw;
        } catch (const Error& error) {
            fail(call, error);
        } catch (const std::exception& error) {
            fail_as_internal(call, error.what());
        } catch (...) {
            fail_as_internal(call, kNoException);
        }
    }
    /// What a callback threw, which is being handled: fails a call that a Call completes by hand, where that
    /// is still to come. Any other call is completed by what it yields, and the plugin's log has it.
    void threw(std::uint64_t call) noexcept {
        if (take_held(call)) return fail_with_current(call);
        try {
            throw;
        } catch (const std::exception& error) {
            write_log(0, TAPPET_ERROR, error.what());
        } catch (...) {
            write_log(0, TAPPET_ERROR, kNoException);
        }
    }
    /// Whether a call that is completed by hand is open still: for its Call, which outlives the instance
    /// where the plugin keeps it.
    using Open = std::shared_ptr<std::atomic<bool>>;
    Open hold(std::uint64_t call) {
        auto open = std::make_shared<std::atomic<bool>>(true);
        const std::lock_guard lock(mutex_);
        held_.insert_or_assign(call, open);
        count();
        return open;
    }

private:
    static constexpr std::string_view kNoException = "the plugin threw something that is no exception";

    void fail_as_internal(std::uint64_t call, std::string_view message) noexcept {
        tappet_error out{};  // no Error: this may be for want of memory
        out.size = sizeof out;
        out.error_class = TAPPET_INTERNAL;
        out.retry_after_ms = -1;
        out.message = to_text(message);
        forget(call);
        host->fail(host, call, &out);
    }
    bool take_held(std::uint64_t call) noexcept {
        const std::lock_guard lock(mutex_);
        const auto found = held_.find(call);
        return found != held_.end() && found->second->exchange(false);
    }
    void count() { waiting_.store(stops_.size() + held_.size(), std::memory_order_relaxed); }
    template <class T>
    const T* table(std::string_view id) const {
        return static_cast<const T*>(host->service(host, to_text(id)));
    }
    void forget(std::uint64_t call) {
        if (waiting_.load(std::memory_order_relaxed) == 0) return;
        const std::lock_guard lock(mutex_);
        stops_.erase(call);
        held_.erase(call);
        count();
    }

    std::mutex mutex_;
    std::unordered_map<std::uint64_t, StopSource> stops_;
    std::unordered_map<std::uint64_t, Open> held_;  ///< calls that a Call completes
    std::atomic<std::size_t> waiting_{0};
};

}  // namespace tappet::sdk
