#include "plugin/check/stage.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <stdexcept>

#include "flow/action_input.hpp"

namespace tappet::plugin::check {
namespace {

// One plugin a process: its face has no room for more of ours.
std::atomic<std::size_t> twice{0};
int32_t (*real_succeed)(const tappet_host*, uint64_t, tappet_builder*) = nullptr;
int32_t (*real_fail)(const tappet_host*, uint64_t, const tappet_error*) = nullptr;

int32_t counted(int32_t taken) {
    if (!taken) ++twice;
    return taken;
}
int32_t succeed(const tappet_host* host, uint64_t call, tappet_builder* result) {
    return counted(real_succeed(host, call, result));
}
int32_t fail(const tappet_host* host, uint64_t call, const tappet_error* error) {
    return counted(real_fail(host, call, error));
}

void (*alter_more)(Face& face) = nullptr;
void alter_face(Face& face) {
    real_succeed = face.succeed;
    real_fail = face.fail;
    face.succeed = succeed;
    face.fail = fail;
    if (alter_more) alter_more(face);
}

Value made(const Value& schema, int depth);

Value made_object(const Value& schema, int depth) {
    std::vector<MapEntry> entries;
    const Value* properties = schema.find("properties");
    if (properties && properties->is(Kind::map) && depth < 8)
        for (const MapEntry& property : properties->entries())
            entries.push_back({property.key, made(property.value, depth + 1)});
    return Value::map(std::move(entries));
}

Value made_text(const Value& schema) {
    std::string out = "text";
    if (const Value* format = schema.find("format"); format && format->is(Kind::string)) {
        const std::string_view name = format->as_string();
        if (name == "uri" || name == "url") out = "http://127.0.0.1:9/";
        if (name == "email") out = "ada@example.test";
        if (name == "date-time") out = "2026-01-02T03:04:05Z";
    }
    if (const Value* least = schema.find("minLength"); least && least->is(Kind::integer))
        while (static_cast<std::int64_t>(out.size()) < least->as_integer() && out.size() < 10'000) out += 'x';
    if (const Value* most = schema.find("maxLength");
        most && most->is(Kind::integer) && most->as_integer() >= 0)
        out.resize(std::min(out.size(), static_cast<std::size_t>(most->as_integer())));
    return Value::string(out);
}

double number_of(const Value& value) {
    if (value.is(Kind::integer)) return static_cast<double>(value.as_integer());
    return value.is(Kind::number) ? value.as_number() : 1;
}

Value made(const Value& schema, int depth) {
    if (!schema.is(Kind::map)) return Value::object({});
    for (const char* key : {"const", "default"})
        if (const Value* value = schema.find(key)) return *value;
    if (const Value* choices = schema.find("enum"); choices && choices->is(Kind::list) && choices->size() > 0)
        return choices->items()[0];
    for (const char* key : {"oneOf", "anyOf", "allOf"})
        if (const Value* some = schema.find(key);
            some && some->is(Kind::list) && some->size() > 0 && depth < 8)
            return made(some->items()[0], depth + 1);
    const Value* declared = schema.find("type");
    if (declared && declared->is(Kind::list) && declared->size() > 0) declared = &declared->items()[0];
    const std::string_view type = declared && declared->is(Kind::string) ? declared->as_string() : "object";
    if (type == "string") return made_text(schema);
    if (type == "integer" || type == "number") {
        const Value* least = schema.find("minimum");
        const Value* most = schema.find("maximum");
        if (least && number_of(*least) > 1) return *least;
        return most && number_of(*most) < 1 ? *most : Value::integer(1);
    }
    if (type == "boolean") return Value::boolean(true);
    if (type == "null") return Value();
    if (type == "array") {
        std::vector<Value> items;
        const Value* of = schema.find("items");
        const Value* least = schema.find("minItems");
        const std::int64_t count = least && least->is(Kind::integer) ? least->as_integer() : 1;
        for (std::int64_t i = 0; i < std::min<std::int64_t>(count, 100) && depth < 8; ++i)
            items.push_back(of ? made(*of, depth + 1) : Value::integer(i));
        return Value::list(std::move(items));
    }
    return made_object(schema, depth);
}

}  // namespace

class Stage::NoNetwork final : public HttpDoor {
public:
    explicit NoNetwork(boost::asio::io_context& loop) : loop_(loop) {}
    http::Client::Ticket send(http::ClientRequest, http::Client::Done done) override {
        boost::asio::post(loop_, [done = std::move(done)] {
            http::Failure failure;
            failure.kind = http::Failure::Kind::connect;
            failure.message = "checks have no network";
            done(failure);
        });
        return ++last_;
    }
    void cancel(http::Client::Ticket) override {}

private:
    boost::asio::io_context& loop_;
    http::Client::Ticket last_ = 0;
};

class Stage::Keys final : public StateDoor {
public:
    Result<std::optional<std::string>> get(const std::string&, const std::string&,
                                           const std::string& key) override {
        const std::lock_guard lock(mutex_);
        const auto found = keys_.find(key);
        return found == keys_.end() ? std::optional<std::string>() : found->second;
    }
    Result<void> set(const std::string&, const std::string&, const std::string& key,
                     const std::optional<std::string>& value) override {
        const std::lock_guard lock(mutex_);
        if (value) keys_[key] = *value;
        if (!value) keys_.erase(key);
        return {};
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::string> keys_;
};

Stage::Stage(const std::string& file, void (*alter)(Face& face))
    : http_(std::make_unique<NoNetwork>(loop_)), keys_(std::make_unique<Keys>()) {
    auto library = Library::open(file);
    if (!library) throw std::runtime_error(library.error().message);
    auto manifest = parse_manifest((*library)->manifest());
    if (!manifest) throw std::runtime_error(manifest.error().message);
    library_ = *library;
    provider_ = library_;
    manifest_ = std::move(*manifest);
    HostOptions options;
    options.log = [](const LogLine&) {};
    core_ = std::make_shared<Core>(loop_, *http_, clock_, Doors(keys_.get()), std::move(options));
    alter_more = alter;
    if (!library_->create(*core_, manifest_.name, alter_face))
        throw std::runtime_error("it says that it cannot start");
}

Stage::~Stage() { end(); }

bool Stage::end() {
    if (ended_) return true;
    ended_ = core_->close();
    if (ended_) library_->end();
    return ended_;
}

CallOutcome Stage::call(std::uint32_t kind, std::size_t index, Value input, bool cancel) {
    CallContext context;
    context.run.bytes = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    context.tenant = "default";
    context.flow = "check";
    context.step = "checked";
    context.idempotency_key = "check-1";
    bool at_once = false;
    if (kind == TAPPET_CALL_ACTION && index < manifest_.actions.size())
        at_once = manifest_.actions[index]->non_blocking;
    const Target target{provider_, kind, static_cast<std::uint32_t>(index), at_once};
    std::optional<CallOutcome> outcome;
    last_ = core_->start(target, std::move(input), std::move(context),
                         [&outcome](CallOutcome out) { outcome = std::move(out); });
    if (cancel && last_ != 0) core_->cancel(last_);
    while (!outcome) loop_.run_one();
    loop_.poll();
    return std::move(*outcome);
}

void Stage::cancel_last() { provider_->cancel(last_ == 0 ? 1 : last_); }

std::size_t Stage::completed_twice() { return twice.load(); }

std::optional<Value> made_for(const std::shared_ptr<const flow::Schema>& schema) {
    if (!schema) return Value::object({});
    for (Value candidate : {made(schema->json(), 0), schema->with_defaults(Value::object({}))})
        if (schema->accepts(candidate)) return candidate;
    return std::nullopt;
}

std::vector<Value> inputs_of(const Manifest& manifest, const Action& action) {
    std::vector<Value> out;
    const Value* actions = manifest.json.find("actions");
    const Value* samples = actions->items()[action.index].find("samples");
    if (samples && samples->is(Kind::list))
        for (const Value& sample : samples->items())
            if (const Value* input = sample.find("input")) out.push_back(*input);
    if (out.empty())
        if (auto input = made_for(action.input)) out.push_back(std::move(*input));
    for (Value& input : out) (void)flow::fit_input(action, input);
    return out;
}

std::string problems_of(const flow::Schema& schema, const Value& value) {
    std::string out;
    for (const auto& problem : schema.problems(value, 3))
        out += (out.empty() ? "" : "; ") +
               (problem.pointer.empty() ? std::string("the whole") : problem.pointer) + " " + problem.detail;
    return out;
}

Outcome outcome_of(const std::vector<std::string>& faults) {
    Outcome out;
    for (const std::string& fault : faults) out.what += (out.what.empty() ? "" : "\n") + fault;
    if (!faults.empty()) out.verdict = Verdict::failed;
    return out;
}

}  // namespace tappet::plugin::check
