// How a child's process ends, and what becomes of its calls.
#include <algorithm>
#include <csignal>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "plugin/child/child.hpp"
#include "plugin/core.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin::child {
namespace {

constexpr std::chrono::milliseconds kLastMoment{200};  ///< for what a process wrote before it ended
constexpr int kMostLost = 3;       ///< processes that end under a call, while they start too
constexpr unsigned kRestFrom = 2;  ///< ends in a row from which the next start waits
constexpr std::chrono::milliseconds kRest{100}, kLongestRest{5'000};
constexpr std::chrono::milliseconds kTurn{500};  ///< between two looks at the calls' times

std::string made_again(std::size_t calls) {
    return calls == 1 ? "1 call is made again" : std::to_string(calls) + " calls are made again";
}

}  // namespace

/// What it wrote before it ended counts: its calls are settled once the link has been read to its end.
void Child::process_ended(const Ending& ending) {
    ended_starting_ = state_ == State::starting;
    ending_ = ending;
    state_ = State::ending;
    if (!link_ || !link_->open()) return all_read();
    pause_->expires_after(kLastMoment);  // something that it forked may hold the link open
    pause_->async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (!failed && self && self->ending_) self->all_read();
    });
}

void Child::all_read() {
    const auto self = shared_from_this();
    const Ending ending = *std::exchange(ending_, std::nullopt);
    if (link_) link_->close();
    link_.reset();
    cancel_requests();
    asks_ = asked_ = 0;
    blobs_.clear();
    settle(ending, ended_starting_);
    process_.reset();
    state_ = State::off;
    if (core_.options.crash_book)
        if (const auto aside = core_.options.crash_book->quarantined(identity()))
            for (const auto& [id, open] : std::exchange(calls_, {}))
                core_.complete(id, CallError{quarantine_error(identity(), *aside), {}});
    if (!calls_.empty()) begin();
}

void Child::settle(const Ending& ending, bool starting) {
    std::optional<FaultNote> note = process_->fault();
    if (note && note->what == "exit" && ending.signalled) note.reset();  // it exited later than it was killed
    const bool nobodys = killed_ || (ending.signalled && ending.number == SIGKILL && misdeed_.empty());
    const std::string how = note && note->what != "exit"                                        ? note->what
                            : !misdeed_.empty() && ending.signalled && ending.number == SIGKILL ? misdeed_
                                                                                                : ending.text;
    note_failure();
    if (!nobodys && core_.options.crash_book) core_.options.crash_book->crashed(identity(), core_.now(), how);
    const std::string code = note && note->what != "exit" ? "plugin.signal." + note->what
                             : how == misdeed_            ? "plugin.misbehaved"
                             : ending.signalled           ? "plugin.signal." + ending.text
                                                          : "plugin.exit";
    std::string whose, deaf;  // for the log
    for (auto it = calls_.begin(); it != calls_.end();) {
        const std::uint64_t id = it->first;
        Open& open = it->second;
        const bool guilty = nobodys ? false : note ? id == note->call : open.sent > 0 || starting;
        const bool unwanted = open.kill != Clock::time_point::max();  // it was asked to stop
        const bool again = ++open.lost < kMostLost && !guilty && !open.hung && !unwanted;
        if (again) {
            ++it;
            continue;
        }
        const tappet_call_info info = *open.info;
        const std::string place = place_of(core_.calls.find(id)->context);
        if (open.hung && deaf.empty()) deaf = place;
        if (note && guilty) whose = ", in " + place;
        const bool was_hung = open.hung || (open.late && !guilty);
        it = calls_.erase(it);
        if (was_hung)
            core_.complete(id, call_error(flow::ErrorClass::timeout, "plugin.hung",
                                          action_of(info) +
                                              " did not end in time and did not stop when it was asked to; "
                                              "the plugin's process was ended"));
        else if (guilty)
            core_.complete(id, call_error(flow::ErrorClass::plugin_crashed, code,
                                          action_of(info) + " crashed the plugin's process: " + how));
        else if (unwanted)
            core_.complete(
                id, call_error(flow::ErrorClass::cancelled, "", "cancelled; the plugin's process has ended"));
        else
            core_.complete(
                id, call_error(flow::ErrorClass::unavailable, "plugin.restarted",
                               action_of(info) + " was under way each of " + std::to_string(kMostLost) +
                                   " times that the plugin's process ended"));
    }
    const std::string again = made_again(calls_.size());
    if (!nobodys)
        log::error("plugin {}: its process ended: {}{}; {}", options_.name, how, whose, again);
    else if (!deaf.empty())
        log::warn("plugin {}: its process was ended, since {} did not stop; {}", options_.name, deaf, again);
    else
        log::warn("plugin {}: its process was killed; {}", options_.name, again);
}

/// From the second end in a row without an answer on, the next start waits, whenever it is asked for and
/// whoever is to blame.
void Child::note_failure() {
    if (++ends_ < kRestFrom) return;
    const auto wait = std::min(kRest * (1 << std::min(ends_ - kRestFrom, 10u)), kLongestRest);
    not_before_ = Clock::now() + wait;
}

void Child::begin() {
    if (Clock::now() >= not_before_) return start();
    state_ = State::resting;
    pause_->expires_at(not_before_);
    pause_->async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (failed || !self || self->state_ != State::resting) return;
        self->state_ = State::off;
        if (!self->calls_.empty()) self->start();
    });
}

/// Looks at all calls in turns: exact enough for limits, and nothing is kept for a call that is done.
void Child::arm() {
    if (armed_ || calls_.empty()) return;
    armed_ = true;
    const auto turn = std::min({kTurn, options_.limits.call / 8, core_.options.cancel_grace / 8});
    alarm_->expires_after(std::max(turn, std::chrono::milliseconds(1)));
    alarm_->async_wait([weak = weak_from_this()](const boost::system::error_code& failed) {
        const auto self = weak.lock();
        if (!self) return;
        self->armed_ = false;
        if (failed) return;
        self->look_at_times();
        self->arm();
    });
}

void Child::look_at_times() {
    const auto now = Clock::now();
    bool kill = false;
    std::vector<std::uint64_t> unmade;
    const bool there = state_ == State::ready || state_ == State::ending;
    for (auto& [id, open] : calls_) {
        if (open.limit <= now && (!there || open.sent == 0)) {
            unmade.push_back(id);  // a process that has not got it cannot be asked to stop it
            continue;
        }
        if (open.limit <= now) {
            log::warn("{} goes on for more than {} ms; it is asked to stop", action_of(*open.info),
                      options_.limits.call.count());
            open.limit = Clock::time_point::max();
            open.late = true;
            open.kill = std::min(open.kill, now + core_.options.cancel_grace);
            if (link_) link_->send(FrameType::cancel, write_number(id));
        }
        if (open.kill <= now) open.hung = kill = true;
    }
    for (const std::uint64_t id : unmade) {
        const Open& open = calls_.at(id);
        fail(id, call_error(flow::ErrorClass::timeout, "plugin.slow",
                            action_of(*open.info) + (open.sent == 0 ? " did not begin" : " did not end") +
                                " within " + std::to_string(options_.limits.call.count()) +
                                " ms (plugins.call): the plugin's process was not ready"));
    }
    if (!kill || !process_) return;
    killed_ = true;
    process_->kill();
}

}  // namespace tappet::plugin::child
