#pragma once
#include <tappet/testing/mock_host.hpp>

#include <algorithm>

namespace tappet::sdk::mock {

/// The tables of a Host: each function finds its host and does its part.
struct Services {
    static Host& of(const tappet_host* host) { return Host::of(host); }
    static const void* find(std::string_view id) {
        if (id == "log/1") return log();
        if (id == "clock/1") return clock();
        if (id == "http/1") return http();
        if (id == "state/1") return state();
        if (id == "metrics/1") return metrics();
        if (id == "connection/1") return connection();
        if (id == "blob/1") return blob();
        return nullptr;
    }

    static const tappet_log_v1* log() {
        static const tappet_log_v1 table{
            sizeof table, [](const tappet_host* h, std::uint64_t id, std::uint32_t level, tappet_text text) {
                Host& host = of(h);
                const std::lock_guard lock(host.mutex_);
                if (host.ended_) return host.report("a log line after destroy");
                const auto call = host.calls_.find(id);
                host.look_for_secrets(call == host.calls_.end() ? nullptr : call->second.get(), text_of(text),
                                      "a log line");
                host.logs.push_back({id, static_cast<tappet_level>(level), std::string(text_of(text))});
            }};
        return &table;
    }
    static const tappet_clock_v1* clock() {
        static const tappet_clock_v1 table{
            sizeof table,
            [](const tappet_host* h) {
                const std::lock_guard lock(of(h).mutex_);
                return of(h).now_ms;
            },
            [](const tappet_host* h) {
                const std::lock_guard lock(of(h).mutex_);
                return of(h).now_ms * 1'000'000;
            },
            [](const tappet_host* h, std::uint64_t id, std::int64_t wait, tappet_clock_done done,
               void* context) {
                Host& host = of(h);
                const std::lock_guard lock(host.mutex_);
                const Host::Call* call = host.open_call(id, "a wait");
                if (!call || call->cancelled) return host.post([=] { done(context, 0); });
                host.sleepers_.push_back({host.now_ms + std::max<std::int64_t>(0, wait), id, done, context});
                host.changed_.notify_all();
            }};
        return &table;
    }
    static const tappet_http_v1* http() {
        static const tappet_http_v1 table{
            sizeof table,
            [](const tappet_host* h, std::uint64_t id, const tappet_http_request* r, tappet_http_done done,
               void* context) { of(h).answer_http(id, r, done, context, false); },
            [](const tappet_host* h, std::uint64_t id, const tappet_http_request* r, tappet_http_done done,
               void* context) { of(h).answer_http(id, r, done, context, true); }};
        return &table;
    }

    static void get_state(const tappet_host* h, std::uint64_t id, tappet_text key, tappet_state_done done,
                          void* context, bool now) {
        Host& host = of(h);
        const std::string name(text_of(key));
        host.do_now_or_later(now, id, "state", [&host, name, done, context] {
            std::optional<std::string> value;
            {
                const std::lock_guard lock(host.mutex_);
                if (!host.state_failure.empty()) return done(context, -1, to_text(host.state_failure));
                if (const auto found = host.state.find(name); found != host.state.end())
                    value = found->second;
            }
            done(context, value.has_value(), value ? to_text(*value) : tappet_text{});
        });
    }
    static void set_state(const tappet_host* h, std::uint64_t id, tappet_text key, const tappet_text* value,
                          tappet_state_done done, void* context, bool now) {
        Host& host = of(h);
        const std::string name(text_of(key));
        std::optional<std::string> text;
        if (value) text = text_of(*value);
        host.do_now_or_later(now, id, "state", [&host, name, text, done, context] {
            {
                const std::lock_guard lock(host.mutex_);
                if (!host.state_failure.empty()) return done(context, -1, to_text(host.state_failure));
                if (text)
                    host.state[name] = *text;
                else
                    host.state.erase(name);
            }
            done(context, 1, tappet_text{});
        });
    }
    static const tappet_state_v1* state() {
        static const tappet_state_v1 table{
            sizeof table,
            [](const tappet_host* h, std::uint64_t id, tappet_text key, tappet_state_done done, void* c) {
                get_state(h, id, key, done, c, false);
            },
            [](const tappet_host* h, std::uint64_t id, tappet_text key, const tappet_text* value,
               tappet_state_done done, void* c) { set_state(h, id, key, value, done, c, false); },
            [](const tappet_host* h, std::uint64_t id, tappet_text key, tappet_state_done done, void* c) {
                get_state(h, id, key, done, c, true);
            },
            [](const tappet_host* h, std::uint64_t id, tappet_text key, const tappet_text* value,
               tappet_state_done done, void* c) { set_state(h, id, key, value, done, c, true); }};
        return &table;
    }

    static std::string series(tappet_text name, const tappet_value* labels) {
        std::string out(text_of(name));
        if (!labels) return out;
        const Value& map = value_of(labels);
        out += '{';
        for (std::size_t i = 0; i < map.size(); ++i)
            out += (i ? "," : "") + map.keys()[i].string() + "=" + map.items()[i].string();
        return out += '}';
    }
    static const tappet_metrics_v1* metrics() {
        static const tappet_metrics_v1 table{sizeof table,
                                             [](const tappet_host* h, tappet_text name,
                                                const tappet_value* labels, double amount) -> std::int32_t {
                                                 const std::lock_guard lock(of(h).mutex_);
                                                 if (amount < 0) return 0;
                                                 of(h).metrics[series(name, labels)] += amount;
                                                 return 1;
                                             },
                                             [](const tappet_host* h, tappet_text name,
                                                const tappet_value* labels, double value) -> std::int32_t {
                                                 const std::lock_guard lock(of(h).mutex_);
                                                 of(h).metrics[series(name, labels)] = value;
                                                 return 1;
                                             },
                                             [](const tappet_host* h, tappet_text name,
                                                const tappet_value* labels, double seconds) -> std::int32_t {
                                                 const std::lock_guard lock(of(h).mutex_);
                                                 of(h).observed[series(name, labels)].push_back(seconds);
                                                 return 1;
                                             }};
        return &table;
    }
    static const tappet_connection_v1* connection() {
        static const tappet_connection_v1 table{
            sizeof table,
            [](const tappet_host* h, std::uint64_t id, std::uint32_t how, tappet_connection_done done,
               void* c) { of(h).give_connection(id, how, done, c, false); },
            [](const tappet_host* h, std::uint64_t id, std::uint32_t how, tappet_connection_done done,
               void* c) { of(h).give_connection(id, how, done, c, true); }};
        return &table;
    }

    static void write_blob(const tappet_host* h, std::uint64_t id, tappet_text blob, tappet_text bytes,
                           tappet_state_done done, void* context, bool now) {
        Host& host = of(h);
        const std::string name(text_of(blob)), data(text_of(bytes));
        host.do_now_or_later(now, id, "blob", [&host, name, data, done, context] {
            std::string to = name;
            bool known = true;
            {
                const std::lock_guard lock(host.mutex_);
                if (to.empty())
                    to = "blob-" + std::to_string(++host.last_blob_);
                else
                    known = host.blobs.contains(to);
                if (known) host.blobs[to] += data;
            }
            known ? done(context, 1, to_text(to)) : done(context, 0, tappet_text{});
        });
    }
    static void read_blob(const tappet_host* h, std::uint64_t id, tappet_text blob, std::uint64_t offset,
                          std::uint64_t max, tappet_state_done done, void* context, bool now) {
        Host& host = of(h);
        const std::string name(text_of(blob));
        host.do_now_or_later(now, id, "blob", [&host, name, offset, max, done, context] {
            std::optional<std::string> part;
            {
                const std::lock_guard lock(host.mutex_);
                if (const auto found = host.blobs.find(name); found != host.blobs.end())
                    part = offset < found->second.size() ? found->second.substr(offset, max) : std::string();
            }
            done(context, part.has_value(), part ? to_text(*part) : tappet_text{});
        });
    }
    static const tappet_blob_v1* blob() {
        static const tappet_blob_v1 table{
            sizeof table,
            [](const tappet_host* h, std::uint64_t id, tappet_text blob, tappet_text bytes,
               tappet_state_done done, void* c) { write_blob(h, id, blob, bytes, done, c, false); },
            [](const tappet_host* h, std::uint64_t id, tappet_text blob, std::uint64_t offset,
               std::uint64_t max, tappet_state_done done,
               void* c) { read_blob(h, id, blob, offset, max, done, c, false); },
            [](const tappet_host* h, std::uint64_t id, tappet_text blob, tappet_text bytes,
               tappet_state_done done, void* c) { write_blob(h, id, blob, bytes, done, c, true); },
            [](const tappet_host* h, std::uint64_t id, tappet_text blob, std::uint64_t offset,
               std::uint64_t max, tappet_state_done done,
               void* c) { read_blob(h, id, blob, offset, max, done, c, true); }};
        return &table;
    }
};

inline Host::Host(tappet_plugin_v1_entry entry, Report report_to, std::vector<std::string> absent_services,
                  const char* file, int line)
    : report_(std::move(report_to)),
      where_(std::string(file) + ":" + std::to_string(line)),
      absent_services_(std::move(absent_services)) {
    face_.self = this;
    tappet_host& abi = face_.abi;
    abi.size = sizeof abi;
    abi.minor = TAPPET_ABI_MINOR;
    abi.values = value_table();
    abi.builders = builder_table();
    abi.succeed = [](const tappet_host* h, std::uint64_t call, tappet_builder* result) -> std::int32_t {
        const std::unique_ptr<Builder> builder(&Builder::of(result));
        const Value* const value = builder->finish();
        if (value) return of(h).complete(call, Outcome(*value));
        of(h).report("the result of call " + std::to_string(call) + ": " + builder->problem);
        return of(h).complete(call, Outcome(Error::internal(builder->problem)));
    };
    abi.fail = [](const tappet_host* h, std::uint64_t call, const tappet_error* error) -> std::int32_t {
        return of(h).complete(call, Outcome(Error::from(*error)));
    };
    abi.cancelled = [](const tappet_host* h, std::uint64_t id) -> std::int32_t {
        const std::lock_guard lock(of(h).mutex_);
        const auto found = of(h).calls_.find(id);
        return found == of(h).calls_.end() || found->second->cancelled || found->second->outcome;
    };
    abi.service = [](const tappet_host* h, tappet_text id) -> const void* {
        const auto& absent = of(h).absent_services_;
        const std::string_view name = text_of(id);
        return std::find(absent.begin(), absent.end(), name) == absent.end() ? Services::find(name) : nullptr;
    };
    plugin_ = entry();
    if (!plugin_) report("the plugin's entry answered nothing");
    if (plugin_) keep_manifest(plugin_);
    if (plugin_) instance_ = plugin_->create(&abi);
    if (plugin_ && !instance_) report("the plugin could not start: create answered NULL");
    tell_problems();
}

inline void Host::do_now_or_later(bool now, std::uint64_t id, const char* what, std::function<void()> work) {
    {
        const std::lock_guard lock(mutex_);
        const Call* const call = open_call(id, what);
        if (call && now && call->non_blocking)
            report(std::string(what) + " was waited for in an action that declares nonBlocking");
    }
    now ? work() : post(std::move(work));
}

inline void Host::answer_http(std::uint64_t id, const tappet_http_request* request, tappet_http_done done,
                              void* context, bool now) {
    SentRequest sent;
    sent.method = text_of(request->method);
    sent.url = text_of(request->url);
    sent.body = text_of(request->body);
    for (std::size_t i = 0; i < request->header_count; ++i)
        sent.headers.emplace_back(text_of(request->headers[i].name), text_of(request->headers[i].value));
    sent.timeout_ms = request->timeout_ms;
    sent.redirects = request->redirects;
    sent.max_body = request->max_body;
    sent.authorized = (request->flags & TAPPET_HTTP_AUTHORIZE) != 0;
    do_now_or_later(now, id, "http", [this, id, sent, done, context] {
        std::optional<ExpectedRequest> expected;
        bool cancelled = false;
        {
            const std::lock_guard lock(mutex_);
            const auto call = calls_.find(id);
            cancelled = call == calls_.end() || call->second->cancelled;
            std::string problem;
            if (!cancelled) expected = http.take(sent, problem);
            if (!problem.empty() && !expected) report(problem);
        }
        tappet_http_answer answer{};
        answer.size = sizeof answer;
        std::vector<tappet_header> headers;
        if (expected) {
            answer.failure = expected->failure_;
            if (expected->failure_ == TAPPET_HTTP_OK) {
                answer.status = expected->status_;
                answer.body = to_text(expected->text_);
                for (const auto& [name, value] : expected->answer_headers_)
                    headers.push_back({to_text(name), to_text(value)});
            } else {
                answer.message = to_text(expected->text_);
            }
        } else {
            answer.failure = cancelled ? TAPPET_HTTP_CANCELLED : TAPPET_HTTP_CONNECT;
            answer.message = to_text(cancelled ? "cancelled" : "the test expects no such request");
        }
        answer.headers = headers.data();
        answer.header_count = headers.size();
        answer.url = to_text(sent.url);
        done(context, &answer);
    });
}

inline void Host::give_connection(std::uint64_t id, std::uint32_t how, tappet_connection_done done,
                                  void* context, bool now) {
    do_now_or_later(now, id, "connection", [this, id, how, done, context] {
        std::optional<Error> error;
        const Value* given = nullptr;
        {
            const std::lock_guard lock(mutex_);
            const auto call = calls_.find(id);
            if ((how & TAPPET_CONNECTION_REFUSED) && !renewed.empty()) {
                connection = renewed.front();
                renewed.pop_front();
            }
            if (connection_failure)
                error = *connection_failure;
            else if (!connection)
                error = Error::validation("this step names no connection");
            else if (call == calls_.end() || !call->second->given)
                error = Error::internal("no such call");
            else
                given = &call->second->given->connections.emplace_back(*connection);
            if (given) learn_secrets(*call->second, *given);
        }
        if (given) return done(context, handle_of(given), nullptr);
        tappet_error out{};
        out.size = sizeof out;
        out.error_class = static_cast<std::uint32_t>(error->error_class());
        out.http_status = error->status();
        out.retry_after_ms = error->retry_after_ms();
        out.code = to_text(error->code());
        out.message = to_text(error->message());
        done(context, nullptr, &out);
    });
}

}  // namespace tappet::sdk::mock
