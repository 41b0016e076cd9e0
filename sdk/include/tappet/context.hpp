#pragma once
#include <tappet/blob.hpp>
#include <tappet/clock.hpp>
#include <tappet/connection.hpp>
#include <tappet/http.hpp>
#include <tappet/instance.hpp>
#include <tappet/metrics.hpp>
#include <tappet/state.hpp>
#include <tappet/stop.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tappet::sdk {

/// What an action knows of its call, and what the engine does for it. Two words, copied freely; valid until
/// the call is completed.
class Context {
public:
    Context(Instance& instance, const tappet_call_info& info) : instance_(&instance), info_(&info) {}

    View input() const { return {info_->input, instance_->host->values}; }
    std::string_view tenant() const { return text_of(info_->tenant); }
    std::string_view flow() const { return text_of(info_->flow); }
    std::string_view step() const { return text_of(info_->step); }  ///< path: enableAll[3].token
    /// The same for every attempt of this step of this run: send it with effects.
    std::string_view idempotency_key() const { return text_of(info_->idempotency_key); }
    std::uint32_t attempt() const { return info_->attempt; }         ///< from 1
    std::int64_t deadline_ms() const { return info_->deadline_ms; }  ///< Unix time in milliseconds; 0: none
    std::string run() const {
        static constexpr char digits[] = "0123456789abcdef";
        std::string out;
        for (int i = 0; i < 16; ++i) {
            if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
            out += digits[info_->run[i] >> 4];
            out += digits[info_->run[i] & 15];
        }
        return out;
    }

    Http http() const { return {*instance_, info_->call}; }
    State state() const { return {*instance_, info_->call}; }
    Clock clock() const { return {*instance_, info_->call}; }
    Metrics metrics() const { return Metrics(*instance_); }
    Connection connection() const { return {*instance_, info_->call}; }
    Blobs blobs() const { return {*instance_, info_->call}; }
    /// Reads a JSON text; nothing when it is malformed.
    std::optional<Document> parse(std::string_view json) const {
        return Document::parse(instance_->host, json);
    }
    /// A value as JSON text, secrets as they are: for what is sent to the peer it is meant for. Throws
    /// Error::internal for what JSON cannot say.
    template <class T = Json>
    std::string json_text(const T& value) const {
        const tappet_builders* table = instance_->host->builders;
        const std::unique_ptr<tappet_builder, decltype(table->release)> builder(
            table->create(instance_->host), table->release);
        Codec<T>::write(value, Out(table, builder.get()));
        const tappet_value* whole = table->finish(builder.get());
        if (!whole) throw Error::internal("JSON: " + std::string(text_of(table->problem(builder.get()))));
        return View(whole, instance_->host->values).json();
    }
    std::int64_t now_ms() const { return instance_->clock ? instance_->clock->now_ms(instance_->host) : 0; }

    void log(tappet_level level, std::string_view message) const {
        instance_->write_log(info_->call, level, message);
    }
    void debug(std::string_view message) const { log(TAPPET_DEBUG, message); }
    void info(std::string_view message) const { log(TAPPET_INFO, message); }
    void warn(std::string_view message) const { log(TAPPET_WARN, message); }
    void error(std::string_view message) const { log(TAPPET_ERROR, message); }

    bool cancelled() const { return instance_->host->cancelled(instance_->host, info_->call) != 0; }
    /// Asked to stop when the call is; for actions that wait by themselves.
    StopToken stop_token() const { return instance_->stop_token(info_->call); }

    Instance& instance() const { return *instance_; }
    std::uint64_t call() const { return info_->call; }

private:
    Instance* instance_;
    const tappet_call_info* info_;
};

/// A call that is completed by hand, now or later, from any thread: the callback style. Moves; completes
/// once: the engine ignores and logs a second completion. A Call that is dropped uncompleted fails as
/// internal, and so does what a callback throws, or as the Error that it is.
class Call {
public:
    explicit Call(Context context)
        : context_(context), number_(context.call()), open_(context.instance().hold(number_)) {}
    Call(Call&& other) noexcept
        : context_(other.context_), number_(other.number_), open_(std::move(other.open_)) {}
    Call& operator=(Call&&) = delete;
    ~Call() {
        if (open_ && *open_) fail(Error::internal("the action dropped its call without completing it"));
    }
    const Context& context() const { return context_; }
    View input() const { return context_.input(); }
    /// A described type, or Json: call.succeed(Json::object({…})).
    template <class T = Json>
    void succeed(const T& result) {
        if (!open_) return;
        *open_ = false;
        try {
            context_.instance().succeed(number_, result);
        } catch (...) {
            context_.instance().fail_with_current(number_);
        }
    }
    void fail(const Error& error) {
        if (!open_) return;
        *open_ = false;
        context_.instance().fail(number_, error);
    }

private:
    Context context_;
    std::uint64_t number_;  ///< the context is over with the call
    Instance::Open open_;   ///< null: moved from
};

}  // namespace tappet::sdk
