#include "plugin/child/messages.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/encoding.hpp"

namespace tappet::plugin::child {
namespace {

/// Keeps the mark and hides nothing.
class OpenMarks final : public Sealer {
public:
    std::string seal(std::string_view plain, std::string_view) const override { return std::string(plain); }
    bool is_open() const override { return true; }
    Result<std::string> open(std::string_view sealed, std::string_view) const override {
        return std::string(sealed);
    }
};
const OpenMarks kMarks;

BinaryWriter writer() { return BinaryWriter(&kMarks, {}); }
BinaryReader reader(std::string_view bytes, std::size_t most_values = kAnyNumber) {
    BinaryReader out(bytes, &kMarks, {});
    out.bound_values(most_values);
    return out;
}

constexpr std::size_t kMostOfLine = 64;  ///< values of what is written for a line or a figure

Value bytes_of(const RunId& id) { return Value::bytes(id.view()); }

/// Reads the items of a list in order; the first that is of another kind makes all the rest empty.
class Items {
public:
    explicit Items(const Value& list) : list_(list), ok_(list.is(Kind::list)) {}
    const Value& any() {
        static const Value kNull;
        if (!ok_ || at_ >= list_.size()) return ok_ = false, kNull;
        return list_.items()[at_++];
    }
    std::string text() {
        const Value& value = any();
        if (!value.is(Kind::string) && !value.is(Kind::bytes)) return ok_ = false, std::string();
        return std::string(value.as_string());
    }
    std::int64_t integer() {
        const Value& value = any();
        if (!value.is(Kind::integer)) return ok_ = false, 0;
        return value.as_integer();
    }
    double number() {
        const Value& value = any();
        if (!value.is(Kind::number)) return ok_ = false, 0;
        return value.as_number();
    }
    RunId run() {
        RunId out;
        const std::string bytes = text();
        if (bytes.size() != out.bytes.size()) return ok_ = false, out;
        std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
        return out;
    }
    bool ok() const { return ok_; }
    bool whole() const { return ok_ && at_ == list_.size(); }

private:
    const Value& list_;
    std::size_t at_ = 0;
    bool ok_;
};

std::string written(const Value& value) {
    BinaryWriter out = writer();
    out.value(value);
    return out.take();
}

std::optional<Value> read_line(std::string_view bytes) {
    BinaryReader in = reader(bytes, kMostOfLine);
    Value out = in.value();
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return out;
}

void write(BinaryWriter& out, const CallOutcome& outcome) {
    if (const auto* value = std::get_if<Value>(&outcome)) {
        out.byte(1);
        out.value(*value);
        return;
    }
    const auto& failed = std::get<CallError>(outcome);
    out.byte(0);
    out.byte(static_cast<std::uint8_t>(failed.error.error_class));
    out.text(failed.error.code);
    out.text(failed.error.message);
    out.signed_number(failed.error.status);
    out.signed_number(failed.retry_after ? failed.retry_after->count() : -1);
}

std::optional<CallOutcome> read_outcome(BinaryReader& in) {
    const std::uint8_t which = in.byte();
    if (which == 1) {
        Value value = in.value();
        if (!in.ok()) return std::nullopt;
        return CallOutcome(std::move(value));
    }
    CallError out;
    const std::uint8_t error_class = in.byte();
    out.error.code = in.text();
    out.error.message = in.text();
    out.error.status = static_cast<int>(in.signed_number());
    const std::int64_t retry = in.signed_number();
    if (retry >= 0) out.retry_after = std::chrono::milliseconds(retry);
    if (which != 0 || !in.ok() || error_class > static_cast<std::uint8_t>(flow::ErrorClass::internal))
        return std::nullopt;
    out.error.error_class = static_cast<flow::ErrorClass>(error_class);
    return CallOutcome(std::move(out));
}

bool is_text(std::string_view bytes) { return find_invalid_utf8(bytes) == std::string_view::npos; }
bool is_text(const Value& value) { return value.is(Kind::string) && is_text(value.as_string()); }

/// Whether a builder could have made it: a child that writes into the socket may give anything.
bool could_be_built(const Value& value) {
    switch (value.kind()) {
        case Kind::null:
        case Kind::boolean:
        case Kind::integer:
        case Kind::uint:
        case Kind::number:
        case Kind::bytes:
        case Kind::timestamp:
        case Kind::duration:
            return true;
        case Kind::string:
            return is_text(value);
        case Kind::list:
            return std::ranges::all_of(value.items(), could_be_built);
        case Kind::map:
            return std::ranges::all_of(value.entries(), [](const MapEntry& entry) {
                return is_text(entry.key) && could_be_built(entry.value);
            });
        default:
            return false;
    }
}

Value headers_value(const http::Headers& headers) {
    std::vector<Value> out;
    for (const auto& [name, value] : headers.items()) {
        out.push_back(Value::bytes(name));
        out.push_back(Value::bytes(value));
    }
    return Value::list(std::move(out));
}

bool read_headers(const Value& list, http::Headers& out) {
    if (!list.is(Kind::list) || list.size() % 2 != 0) return false;
    Items items(list);
    for (std::size_t i = 0; i < list.size(); i += 2) {
        std::string name = items.text();
        out.add(std::move(name), items.text());
    }
    return items.ok();
}

http::Failure unreadable() {
    http::Failure out;
    out.message = "the engine's answer does not read";
    return out;
}

}  // namespace

std::string write(const CallMessage& call) {
    BinaryWriter out = writer();
    out.number(call.id);
    out.number(call.kind);
    out.number(call.index);
    const CallContext& context = call.context;
    out.text(context.run.view());
    out.text(context.tenant);
    out.text(context.flow);
    out.text(context.step);
    out.text(context.connection);
    out.number(context.attempt);
    out.text(context.idempotency_key);
    out.signed_number(context.deadline ? context.deadline->ms : -1);
    out.value(call.input);
    return out.take();
}

std::optional<CallMessage> read_call(std::string_view bytes) {
    BinaryReader in = reader(bytes);
    CallMessage out;
    out.id = in.number();
    out.kind = static_cast<std::uint32_t>(in.number());
    out.index = static_cast<std::uint32_t>(in.number());
    const std::string_view run = in.text();
    if (run.size() != out.context.run.bytes.size()) return std::nullopt;
    std::copy(run.begin(), run.end(), out.context.run.bytes.begin());
    out.context.tenant = in.text();
    out.context.flow = in.text();
    out.context.step = in.text();
    out.context.connection = in.text();
    out.context.attempt = static_cast<std::uint32_t>(in.number());
    out.context.idempotency_key = in.text();
    if (const std::int64_t deadline = in.signed_number(); deadline >= 0)
        out.context.deadline = TimeMs{deadline};
    out.input = in.value();
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return out;
}

std::string write(const AnswerMessage& answer) {
    BinaryWriter out = writer();
    out.number(answer.id);
    write(out, answer.outcome);
    return out.take();
}

std::optional<std::uint64_t> answered_call(std::string_view bytes) {
    BinaryReader in = reader(bytes);
    const std::uint64_t out = in.number();
    if (!in.ok()) return std::nullopt;
    return out;
}

std::optional<AnswerMessage> read_answer(std::string_view bytes, std::size_t most_values) {
    BinaryReader in = reader(bytes, most_values);
    AnswerMessage out;
    out.id = in.number();
    auto outcome = read_outcome(in);
    if (!outcome || !in.ok() || !in.at_end()) return std::nullopt;
    if (const auto* value = std::get_if<Value>(&*outcome); value && !could_be_built(*value))
        return std::nullopt;
    out.outcome = std::move(*outcome);
    return out;
}

std::string write_number(std::uint64_t number) {
    BinaryWriter out = writer();
    out.number(number);
    return out.take();
}

std::optional<std::uint64_t> read_number(std::string_view bytes) {
    BinaryReader in = reader(bytes);
    const std::uint64_t out = in.number();
    if (!in.ok() || !in.at_end()) return std::nullopt;
    return out;
}

std::string write(const LogLine& line) {
    return written(Value::list({Value::integer(line.level), Value::bytes(line.message), bytes_of(line.run),
                                Value::bytes(line.step), Value::integer(line.time.ms),
                                Value::integer(static_cast<std::int64_t>(line.call))}));
}

std::optional<LogLine> read_log(std::string_view bytes) {
    const auto value = read_line(bytes);
    if (!value) return std::nullopt;
    Items items(*value);
    LogLine out;
    out.level = static_cast<int>(items.integer());
    out.message = items.text();
    out.run = items.run();
    out.step = items.text();
    out.time = TimeMs{items.integer()};
    out.call = static_cast<std::uint64_t>(items.integer());
    if (!items.whole() || out.level < 0 || out.level > 4) return std::nullopt;
    return out;
}

std::string write(const MetricUpdate& update) {
    std::vector<Value> labels;
    for (const auto& [name, value] : update.labels) {
        labels.push_back(Value::bytes(name));
        labels.push_back(Value::bytes(value));
    }
    return written(Value::list({Value::integer(static_cast<int>(update.kind)), Value::bytes(update.name),
                                Value::number(update.value), Value::list(std::move(labels))}));
}

std::optional<MetricUpdate> read_metric(std::string_view bytes) {
    const auto value = read_line(bytes);
    if (!value) return std::nullopt;
    Items items(*value);
    MetricUpdate out;
    const std::int64_t kind = items.integer();
    out.name = items.text();
    out.value = items.number();
    const Value& labels = items.any();
    if (!items.whole() || kind < 0 || kind > 2 || !labels.is(Kind::list) || labels.size() % 2 != 0)
        return std::nullopt;
    out.kind = static_cast<MetricUpdate::Kind>(kind);
    Items pairs(labels);
    for (std::size_t i = 0; i < labels.size(); i += 2) {
        std::string name = pairs.text();
        out.labels.emplace_back(std::move(name), pairs.text());
    }
    const bool all_text = is_text(out.name) && std::ranges::all_of(out.labels, [](const auto& label) {
                              return is_text(label.first) && is_text(label.second);
                          });
    if (!pairs.ok() || !all_text) return std::nullopt;
    return out;
}

std::string write(const Ask& ask) {
    BinaryWriter out = writer();
    out.number(ask.number);
    out.byte(static_cast<std::uint8_t>(ask.door));
    out.value(ask.what);
    return out.take();
}

std::optional<Ask> read_ask(std::string_view bytes, std::size_t most_values) {
    BinaryReader in = reader(bytes, most_values);
    Ask out;
    out.number = in.number();
    const std::uint8_t door = in.byte();
    out.what = in.value();
    if (!in.ok() || !in.at_end() || door > static_cast<std::uint8_t>(Door::blob_read)) return std::nullopt;
    out.door = static_cast<Door>(door);
    return out;
}

Value value_of(const http::ClientRequest& request) {
    return Value::list({Value::bytes(request.method), Value::bytes(request.url),
                        headers_value(request.headers), Value::bytes(request.body),
                        Value::integer(request.timeout.count()), Value::integer(request.redirects),
                        Value::integer(static_cast<std::int64_t>(request.max_body))});
}

std::optional<http::ClientRequest> request_of(const Value& value) {
    Items items(value);
    http::ClientRequest out;
    out.method = items.text();
    out.url = items.text();
    const bool headers = read_headers(items.any(), out.headers);
    out.body = items.text();
    out.timeout = std::chrono::milliseconds(items.integer());
    out.redirects = static_cast<int>(items.integer());
    out.max_body = static_cast<std::uint64_t>(items.integer());
    if (!headers || !items.whole() || out.timeout.count() < 0 || out.redirects < 0) return std::nullopt;
    return out;
}

Value value_of(const HttpOutcome& outcome) {
    if (outcome)
        return Value::list({Value::integer(-1), Value::integer(outcome->status),
                            headers_value(outcome->headers), Value::bytes(outcome->body),
                            Value::bytes(outcome->url)});
    const http::Failure failed = outcome.error();
    return Value::list({Value::integer(static_cast<int>(failed.kind)), Value::bytes(failed.message),
                        Value::integer(failed.request_may_have_arrived ? 1 : 0)});
}

HttpOutcome http_outcome_of(const Value& value) {
    Items items(value);
    const std::int64_t kind = items.integer();
    if (kind == -1) {
        http::ClientResponse out;
        out.status = static_cast<int>(items.integer());
        const bool headers = read_headers(items.any(), out.headers);
        out.body = items.text();
        out.url = items.text();
        if (!headers || !items.whole()) return unreadable();
        return out;
    }
    http::Failure out;
    out.message = items.text();
    out.request_may_have_arrived = items.integer() != 0;
    if (!items.whole() || kind < 0 || kind > static_cast<int>(http::Failure::Kind::cancelled))
        return unreadable();
    out.kind = static_cast<http::Failure::Kind>(kind);
    return out;
}

Value value_of(const CallOutcome& outcome) {
    BinaryWriter out = writer();
    write(out, outcome);
    return Value::bytes(out.take());
}

CallOutcome call_outcome_of(const Value& value) {
    if (value.is(Kind::bytes)) {
        BinaryReader in = reader(value.as_string());
        if (auto out = read_outcome(in); out && in.at_end()) return std::move(*out);
    }
    CallError failed;
    failed.error.message = "the engine's answer does not read";
    return failed;
}

}  // namespace tappet::plugin::child
