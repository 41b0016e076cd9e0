#include "duplicates.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <map>
#include <set>

#include "api.hpp"
#include "checks.hpp"
#include "expr/json.hpp"
#include "flows.hpp"
#include "report.hpp"

namespace tappet::crash {
namespace {

constexpr std::size_t kConnections = 48;
constexpr std::size_t kAtOnce = 4;  ///< events whose deliveries mix
constexpr double kMuchLater = 0.2;  ///< of deliveries come at any other time
constexpr Milliseconds kLongestLife{80};

/// Deliveries until each had an answer.
class Deliveries {
public:
    Deliveries(Scene& scene, std::size_t count) : scene_(scene) {
        for (std::size_t first = 0; first < count; first += kAtOnce) {
            const std::size_t begin = queue_.size();
            for (std::size_t i = first; i < std::min(count, first + kAtOnce); ++i) {
                Event& event = scene.ledger.add(i % 2 == 0 ? kRepeated : kAsking);
                for (std::size_t n = 0; n < kDeliveries; ++n) queue_.push_back(&event);
            }
            shuffle(begin, queue_.size());
        }
        for (std::size_t i = 0; i < queue_.size(); ++i)
            if (scene.random.unit() < kMuchLater) std::swap(queue_[i], queue_[some(0, queue_.size())]);
        all_ = queue_.size();
    }

    void begin() {
        for (std::size_t i = 0; i < kConnections; ++i)
            boost::asio::co_spawn(scene_.loop, work(), boost::asio::detached);
    }
    std::size_t answered() const { return answered_; }
    bool all_answered() const { return answered_ == all_; }
    std::size_t all() const { return all_; }

private:
    std::size_t some(std::size_t from, std::size_t below) {
        return from + static_cast<std::size_t>(scene_.random.unit() * static_cast<double>(below - from));
    }
    void shuffle(std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) std::swap(queue_[i], queue_[some(i, end)]);
    }

    Task<> work() {
        Connection connection(scene_.loop);
        while (!all_answered() && !scene_.ledger.hopeless()) {
            if (!scene_.address || queue_.empty()) {
                co_await pause(scene_.loop, kLook);
                continue;
            }
            Event& event = *queue_.front();
            queue_.pop_front();
            std::string body = "{\"id\":\"" + event.id + "\",\"service\":\"http://service.test\"}";
            ++scene_.ledger.sends;
            const std::optional<Message> answer = co_await connection.exchange(
                *scene_.address, "POST", "/hooks/default/" + event.flow + "/received", std::move(body));
            if (take(event, answer)) continue;
            queue_.push_front(&event);
            co_await pause(scene_.loop, kLook);
        }
    }

    /// False when the delivery has to be repeated.
    bool take(Event& event, const std::optional<Message>& answer) {
        Ledger& ledger = scene_.ledger;
        if (!answer) return ++ledger.cut_off, false;
        if (answer->status() == 429) return ++ledger.refused, false;
        ++answered_;
        const auto document = read_json(answer->body);
        const std::string run = document ? text_at(*document, {"runId"}) : "";
        if (answer->status() != (event.flow == kAsking ? 200 : 202) || run.empty()) {
            ledger.broken("a delivery was answered with " + answer->start + ": " + answer->body);
            return true;
        }
        ledger.acknowledged(event, run, answer->field("idempotent-replayed") == "true");
        const std::string told = answer->start + "\n" + std::string(answer->field("location")) + "\n" +
                                 std::string(answer->field("content-type")) + "\n" + answer->body;
        const auto [first, is_first] = answers_.emplace(&event, told);
        if (!is_first && first->second != told)
            ledger.broken("deliveries of event " + event.id + " were answered differently: " + first->second +
                          " and " + told);
        return true;
    }

    Scene& scene_;
    std::deque<Event*> queue_;
    std::map<const Event*, std::string> answers_;  ///< the first of each
    std::size_t all_ = 0, answered_ = 0;
};

/// What is listed must be one run of each event, that of its answers, and succeeded.
Task<> check_runs(Scene& scene, std::size_t count) {
    for (int look = 0; look < 1000; ++look) {
        const auto open = co_await list_runs(scene, "queued,running,waiting");
        if (open && open->empty()) break;
        co_await pause(scene.loop, Milliseconds(10));
    }
    const auto runs = co_await list_runs(scene);
    if (!runs) {
        scene.ledger.broken("the runs could not be listed");
        co_return;
    }
    check_listed(scene.ledger, *runs);
    for (const ListedRun& run : *runs)
        if (run.status != "succeeded") scene.ledger.broken("run " + run.id + " is " + run.status);
    if (runs->size() != count)
        scene.ledger.broken(std::to_string(count) + " events, but " + std::to_string(runs->size()) + " runs");
}

}  // namespace

Task<> play_duplicates(Scene& scene, std::size_t count) {
    const bool first = co_await scene.start();
    if (!first) co_return;
    Deliveries deliveries(scene, count);
    deliveries.begin();
    while (!deliveries.all_answered() && !scene.ledger.hopeless()) {
        const std::size_t before = deliveries.answered();
        co_await pause(scene.loop, scene.chance(kLongestLife));
        // Not again before anything was answered: else a slow machine would never come to an end.
        const auto answered = [&] { return deliveries.answered(); };
        const auto more = [&] { return deliveries.answered() > before; };
        const bool goes_on = co_await scene.await(more, answered);
        if (!goes_on) {
            scene.ledger.broken("no delivery is answered any more");
            co_return;
        }
        if (deliveries.all_answered()) break;
        co_await scene.kill();
        const bool again = co_await scene.start();
        if (!again) co_return;
        tell_progress("deliveries", deliveries.answered(), deliveries.all(), scene);
    }
    co_await check_runs(scene, count);
    co_await scene.stop();
    check_log(scene.ledger, scene.engine.files());
}

}  // namespace tappet::crash
