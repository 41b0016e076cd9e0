#include "sender.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "expr/json.hpp"
#include "flows.hpp"

namespace tappet::crash {
namespace {
constexpr double kAgain = 0.2;      ///< of deliveries are repetitions
constexpr double kAskingOf = 0.3;   ///< of new events
constexpr double kPatientOf = 0.1;  ///< of new events
}  // namespace

void Sender::begin(std::size_t connections) {
    for (std::size_t i = 0; i < connections; ++i)
        boost::asio::co_spawn(scene_.loop, work(), boost::asio::detached);
}

void Sender::want(const std::string& flow, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) waiting_.push_back(&scene_.ledger.add(flow));
}

bool Sender::all_acknowledged() const {
    return waiting_.empty() && under_way_ == 0 && scene_.ledger.acked == scene_.ledger.events().size();
}

/// Any event of before, acknowledged or just being delivered.
Event* Sender::again() {
    auto& events = scene_.ledger.events();
    if (events.empty()) return nullptr;
    // The latest are the likelier ones to be in the middle of something.
    const double place = scene_.random.unit() * scene_.random.unit();
    return &events[events.size() - 1 - static_cast<std::size_t>(place * static_cast<double>(events.size()))];
}

Event* Sender::choose() {
    if (most_open_ > 0 && scene_.random.unit() < kAgain)
        if (Event* event = again()) return event;
    if (!waiting_.empty()) {
        Event* event = waiting_.front();
        waiting_.pop_front();
        return event;
    }
    if (scene_.ledger.events().size() - scene_.through() >= most_open_) return nullptr;
    const double kind = scene_.random.unit();
    return &scene_.ledger.add(kind < kPatientOf ? kPatient : kind < kPatientOf + kAskingOf ? kAsking : kBusy);
}

void Sender::take(Event& event, const std::optional<Message>& answer) {
    Ledger& ledger = scene_.ledger;
    // An engine that stops sends away who waits for a run's own answer.
    const bool accepted =
        answer && (answer->status() == 202 || (event.flow == kAsking && answer->status() == 200));
    if (!answer) {
        ++ledger.cut_off;
    } else if (accepted) {
        const auto document = read_json(answer->body);
        const Value* run = document ? document->find("runId") : nullptr;
        if (run && run->is(Kind::string))
            ledger.acknowledged(event, run->as_string(), answer->field("idempotent-replayed") == "true");
        else
            ledger.broken("an answer without a runId: " + answer->body);
    } else if (answer->status() == 429) {
        ++ledger.refused;
    } else {
        ledger.broken("a delivery was answered with " + answer->start + ": " + answer->body);
    }
    if (event.run.empty() && event.under_way == 0) waiting_.push_back(&event);
}

Task<> Sender::work() {
    Connection connection(scene_.loop);
    while (true) {
        Event* event = scene_.address ? choose() : nullptr;
        if (!event) {
            co_await pause(scene_.loop, kLook);
            continue;
        }
        ++scene_.ledger.sends;
        ++event->sends;
        ++event->under_way;
        ++under_way_;
        std::string body = "{\"id\":\"" + event->id + "\",\"service\":\"" + scene_.service.url() + "\"}";
        const std::optional<Message> answer = co_await connection.exchange(
            *scene_.address, "POST", "/hooks/default/" + event->flow + "/received", std::move(body));
        --event->under_way;
        --under_way_;
        take(*event, answer);
        if (!answer || answer->status() == 429) co_await pause(scene_.loop, kLook);
    }
}

}  // namespace tappet::crash
