#include "plugin/child/child.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "base/printable.hpp"
#include "plugin/child/access.hpp"
#include "plugin/child/doors.hpp"
#include "plugin/core.hpp"
#include "plugin/http_door.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin::child {
namespace {

constexpr std::chrono::milliseconds kLastMoment{200};
constexpr std::size_t kMostAsks = 1'000;       ///< to doors that block, open at one time
constexpr std::size_t kMostRequests = 10'000;  ///< open at one time
constexpr std::size_t kMostStrangers = 1'000;  ///< answers to calls that are not under way

CallContext context_of(const tappet_call_info& info, const Core& core) {
    const OpenCall* call = core.calls.find(info.call);
    return call->context;
}

RunId run_of(const tappet_call_info& info) {
    RunId out;
    std::copy(std::begin(info.run), std::end(info.run), out.bytes.begin());
    return out;
}

/// What a door gave; empty where it failed.
std::string bytes_of(const CallOutcome& outcome) {
    const auto* value = std::get_if<Value>(&outcome);
    return value && value->is(Kind::bytes) ? std::string(value->as_string()) : std::string();
}

}  // namespace

Child::Child(Core& core, ChildOptions options)
    : core_(core),
      options_(std::move(options)),
      face_(make_face(core, options_.name)),
      secrets_([this](std::uint64_t call) { return calls_.contains(call); }),
      alarm_(core.loop),
      pause_(core.loop) {}

Child::~Child() { stop(); }

void Child::end() {
    stop();
    alarm_.reset();
    pause_.reset();
}

void Child::stop() {
    if (link_) link_->close();
    link_.reset();
    process_.reset();
    ending_.reset();
    cancel_requests();
    asks_ = asked_ = 0;
    blobs_.clear();
    state_ = State::off;
}

/// Nobody waits for their answers any more.
void Child::cancel_requests() {
    requested_ = 0;
    for (const auto& [number, request] : std::exchange(requests_, {})) core_.http_door.cancel(request.ticket);
}

std::string Child::action_of(const tappet_call_info& info) const {
    return "step " + std::string(from_text(info.step)) + " of plugin " + options_.name;
}

void Child::call(const tappet_call_info& info) {
    Open& open = calls_[info.call];
    open = Open();
    open.info = &info;
    open.limit = Clock::now() + options_.limits.call;
    secrets_.enter(info.call, from_handle(info.input));
    arm();
    if (state_ == State::off) begin();
    if (state_ == State::ready) send(info.call, open);
}

void Child::fail(std::uint64_t id, CallError why) {
    calls_.erase(id);
    core_.complete(id, std::move(why));
}

void Child::send(std::uint64_t id, Open& open) {
    if (!link_->open()) return;  // its process has ended, or will be: the next one gets it
    CallMessage message;
    message.id = id;
    message.kind = open.info->kind;
    message.index = open.info->index;
    message.context = context_of(*open.info, core_);
    message.input = from_handle(open.info->input);
    const auto too_large = [&](std::size_t most, const char* of) {
        fail(id, call_error(flow::ErrorClass::internal, "plugin.inputTooLarge",
                            "the input for plugin " + options_.name + " has more than " +
                                std::to_string(most) + of));
    };
    const LinkLimits& most = options_.limits.link;
    if (holds_more_than(message.input, most.values))
        return too_large(most.values, " values (plugins.values)");
    const std::string bytes = write(message);
    if (bytes.size() > most.frame) return too_large(most.frame, " bytes (plugins.frame)");
    ++open.sent;
    if (link_->send(FrameType::call, bytes)) return blobs_.enter(run_of(*open.info));
    fail(id, call_error(flow::ErrorClass::unavailable, "plugin.busy",
                        "the plugin " + options_.name +
                            " is given more than its process takes: too much waits to be read by it"));
}

void Child::cancel(std::uint64_t call) {
    const auto found = calls_.find(call);
    if (found == calls_.end()) return;
    const bool begun = found->second.sent > 0;
    if (!begun || state_ != State::ready) {
        calls_.erase(found);
        core_.complete(call, call_error(flow::ErrorClass::cancelled, "",
                                        begun ? "cancelled; the plugin's process has ended"
                                              : "cancelled before it began"));
        return;
    }
    found->second.kill = std::min(found->second.kill, Clock::now() + core_.options.cancel_grace);
    if (link_) link_->send(FrameType::cancel, write_number(call));
}

void Child::start() {
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        started(std::string("no socket for the plugin: ") + std::strerror(errno));
        return;
    }
    auto process = Process::start(
        core_.loop, {options_.command, options_.file, options_.image->fd(), ends[1]}, options_.limits);
    if (!process) {
        ::close(ends[0]);
        return started(process.error().message);
    }
    state_ = State::starting;
    killed_ = false;
    misdeed_.clear();
    process_ = std::move(*process);
    const auto weak = weak_from_this();
    process_->watch(
        [weak](const Ending& ending) {
            if (const auto self = weak.lock()) self->process_ended(ending);
        },
        [weak](std::string line) {
            if (const auto self = weak.lock()) self->printed(std::move(line));
        });
    link_ = std::make_shared<Link>(core_.loop, ends[0], options_.limits.link);
    link_->start(
        [weak](FrameType type, std::string_view bytes) {
            if (const auto self = weak.lock()) self->take(type, bytes);
        },
        [weak](const std::string&) {
            if (const auto self = weak.lock()) self->link_ended();
        });
    pause_->expires_after(options_.limits.start);
    pause_->async_wait([weak](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (failed || !self || self->state_ != State::starting) return;
        self->misbehaved("it did not start within " + std::to_string(self->options_.limits.start.count()) +
                         " ms");
    });
}

void Child::started(const std::string& problem) {
    if (!problem.empty()) {
        note_failure();
        stop();
        const auto waiting = std::exchange(calls_, {});
        for (const auto& [id, open] : waiting)
            core_.complete(id, call_error(flow::ErrorClass::unavailable, "plugin.notStarted",
                                          "the plugin " + options_.name + " does not start: " + problem));
        return;
    }
    pause_->cancel();
    look_at_times();  // what is late is not begun
    state_ = State::ready;
    std::vector<std::uint64_t> waiting;
    for (const auto& [id, open] : calls_) waiting.push_back(id);
    for (const std::uint64_t id : waiting)
        if (const auto found = calls_.find(id); found != calls_.end()) send(id, found->second);
}

void Child::take(FrameType type, std::string_view bytes) {
    const bool last_words = type == FrameType::answer || type == FrameType::log || type == FrameType::metric;
    if (ending_ && !last_words) return;
    switch (type) {
        case FrameType::hello:
            if (state_ == State::starting) return started(std::string(bytes.substr(0, 4096)));
            break;
        case FrameType::answer:
            if (take_answer(bytes)) return;
            break;
        case FrameType::log:
            if (auto line = read_log(bytes)) return take_log(std::move(*line));
            break;
        case FrameType::metric:
            if (const auto update = read_metric(bytes)) {
                core_.record(options_.name, *update);
                return;
            }
            break;
        case FrameType::ask:
            if (auto ask = read_ask(bytes, options_.limits.link.values))
                return take_ask(std::move(*ask), bytes.size());
            break;
        case FrameType::drop:
            if (const auto number = read_number(bytes)) {
                if (const auto found = requests_.find(*number); found != requests_.end())
                    core_.http_door.cancel(found->second.ticket);
                return;
            }
            break;
        default:
            break;
    }
    misbehaved("it writes what is no message of a plugin");
}

/// False when it is none. What answers no call that is under way is not read any further.
bool Child::take_answer(std::string_view bytes) {
    const auto call = answered_call(bytes);
    if (!call) return false;
    const auto found = calls_.find(*call);
    if (found == calls_.end()) {  // cancelled meanwhile, answered already, or made up
        if (++strangers_ > kMostStrangers) misbehaved("it answers calls that nobody made");
        return true;
    }
    auto answer = read_answer(bytes, options_.limits.link.values);
    if (!answer) return false;
    strangers_ = 0;
    const bool late = found->second.late;
    const std::string action = late ? action_of(*found->second.info) : std::string();
    blobs_.leave(run_of(*found->second.info));
    calls_.erase(found);
    ends_ = 0;
    not_before_ = {};
    if (auto* failed = std::get_if<CallError>(&answer->outcome)) {
        auto& error_class = failed->error.error_class;
        if (error_class == flow::ErrorClass::plugin_crashed || error_class == flow::ErrorClass::stopped)
            error_class = flow::ErrorClass::internal;
        if (late && error_class == flow::ErrorClass::cancelled)
            *failed =
                call_error(flow::ErrorClass::timeout, "plugin.slow",
                           action + " did not end within " + std::to_string(options_.limits.call.count()) +
                               " ms (plugins.call); it stopped when it was asked to");
    }
    core_.complete(answer->id, std::move(answer->outcome));
    return true;
}

bool Child::may_speak() {
    const auto now = Clock::now();
    if (now - second_ >= std::chrono::seconds(1)) {
        second_ = now;
        lines_ = 0;
    }
    if (lines_++ == options_.limits.lines)
        log::warn("plugin {}: more than {} lines in a second; the rest of them is dropped", options_.name,
                  options_.limits.lines);
    return lines_ <= options_.limits.lines;
}

void Child::take_log(LogLine line) {
    if (!may_speak()) return;
    if (line.call != 0 && !calls_.contains(line.call)) return;  // it is over, or made up
    log_table().write(&face_, line.call, static_cast<std::uint32_t>(line.level), as_text(line.message));
}

void Child::printed(std::string line) {
    if (!may_speak()) return;
    line = printable(secrets_.redact(line));
    if (core_.options.printed) return core_.options.printed(options_.name, line);
    log::info("plugin {} printed: {}", options_.name, line);
}

bool Child::serves(const Access& access) const {
    return std::any_of(calls_.begin(), calls_.end(), [&](const auto& each) {
        const tappet_call_info& info = *each.second.info;
        const bool is_of_run = !access.run || *access.run == run_of(info);
        return is_of_run && from_text(info.tenant) == access.tenant;
    });
}

void Child::reply(std::uint64_t number, Door door, Value what) {
    Ask message;
    message.number = number;
    message.door = door;
    message.what = std::move(what);
    if (!link_ || link_->send(FrameType::reply, write(message))) return;
    message.what = value_of(outcome_of(Error::exhausted("the answer is too large for the plugin's process")));
    if (door == Door::http) {
        http::Failure failed;
        failed.kind = http::Failure::Kind::too_large;
        failed.message = "the answer is too large for the plugin's process";
        message.what = value_of(HttpOutcome(failed));
    }
    link_->send(FrameType::reply, write(message));
}

void Child::take_request(const Ask& ask, std::size_t bytes) {
    const std::uint64_t number = ask.number;
    auto request = request_of(ask.what);
    if (!request) return misbehaved("it asks for what is no request");
    if (requests_.contains(number)) return misbehaved("it asks by a number that it has given already");
    const auto refuse = [&](http::Failure::Kind kind, std::string why) {
        http::Failure failed;
        failed.kind = kind;
        failed.message = std::move(why);
        reply(number, Door::http, value_of(HttpOutcome(failed)));
    };
    if (calls_.empty()) return refuse(http::Failure::Kind::cancelled, "the call is over");
    if (requests_.size() >= kMostRequests || requested_ + bytes > options_.limits.requested)
        return refuse(http::Failure::Kind::connect, "too many requests of this plugin are open");
    // What is larger does not get to it, and would only take our memory.
    request->max_body = std::min<std::uint64_t>(request->max_body, options_.limits.link.frame);
    const auto done = [weak = weak_from_this(), link = link_, number](const HttpOutcome& outcome) {
        const auto self = weak.lock();
        if (!self || self->link_ != link) return;
        const auto found = self->requests_.find(number);
        if (found == self->requests_.end()) return;
        self->requested_ -= found->second.bytes;
        self->requests_.erase(found);
        self->reply(number, Door::http, value_of(outcome));
    };
    requested_ += bytes;
    requests_[number] = {core_.http_door.send(std::move(*request), done), bytes};
}

void Child::take_ask(Ask&& ask, std::size_t bytes) {
    if (ask.door == Door::http) return take_request(ask, bytes);
    const std::uint64_t number = ask.number;
    auto access = access_of(core_, options_.name, ask);
    if (!access) return misbehaved("it asks for what no door gives");
    const auto refuse = [&](const Error& why) { reply(number, ask.door, value_of(outcome_of(why))); };
    if (!serves(*access))
        return refuse(Error::not_found("the plugin has no call under way for this tenant, or of this run"));
    if (asks_ >= kMostAsks) return misbehaved("it asks for more at once than its calls may");
    if (asks_ > 0 && asked_ + bytes > options_.limits.asked)
        return misbehaved("it asks with more bytes at once than its calls may");
    std::optional<RunId> begins;
    if (access->writes) {
        if (std::string why = blobs_.refusal(*access->run, *access->writes); !why.empty())
            return refuse(Error::exhausted(std::move(why)));
        if (access->writes->empty()) begins = access->run;
    }
    ++asks_;
    asked_ += bytes;
    std::string account = access->account.empty() ? "" : access->tenant + "/" + access->account;
    core_.workers.push_always([weak = weak_from_this(), &core = core_, link = link_, number, door = ask.door,
                               begins, bytes, account = std::move(account),
                               access = std::move(access->reach)] {
        core.to_loop([weak, link, number, door, begins, bytes, account, outcome = access()] {
            const auto self = weak.lock();
            if (!self || self->link_ != link) return;
            --self->asks_;
            self->asked_ -= bytes;
            if (begins) self->blobs_.began(*begins, bytes_of(outcome));
            const auto* fields = std::get_if<Value>(&outcome);
            if (!account.empty() && fields) self->secrets_.give(account, *fields);
            self->reply(number, door, value_of(outcome));
        });
    });
}

void Child::misbehaved(const std::string& how) {
    misdeed_ = how;
    if (process_) process_->kill();
}

/// One that dies closes it too, a moment before we are told; one that lives on is of no use.
void Child::link_ended() {
    if (ending_) return all_read();
    pause_->expires_after(kLastMoment);
    pause_->async_wait([weak = weak_from_this(), link = link_](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (!failed && self && self->link_ == link)
            self->misbehaved("it closed its connection to the engine");
    });
}

}  // namespace tappet::plugin::child
