#include "flowtest/play.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <map>

#include "base/random.hpp"
#include "flowtest/sender.hpp"
#include "run/journal.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/runtime.hpp"
#include "store/memory/store.hpp"
#include "vault/sealer.hpp"

namespace tappet::flowtest {
namespace {

constexpr const char* kTenant = "default";
constexpr std::uint64_t kSeed = 1;  ///< of ids and jitter: the same case gives the same run

runtime::Options options_of(const Case& played) {
    runtime::Options out;
    out.base_url = kBaseUrl;
    out.secret = [&played](std::string_view, std::string_view name) -> std::optional<Value> {
        for (const Setting& secret : played.secrets)
            if (secret.name == name) return secret.value.as_secret();
        return std::nullopt;
    };
    return out;
}

/// An engine of one case: everything but doors, and time.
class Player {
public:
    Player(const Stage& stage, const std::shared_ptr<const flow::Plan>& plan, const StepNames& names,
           const Case& played, const PlayLimits& limits)
        : stage_(stage),
          case_(played),
          limits_(limits),
          until_(std::chrono::steady_clock::now() + limits.real_time),
          calls_(stage, names, played.mocks),
          flows_(store_, stage.catalog),
          vars_(store_),
          background_(stage.loop, 1),
          runtime_(stage.loop, store_, calls_, flows_, background_, stage.clock, random_, sealer_.get(),
                   options_of(played)),
          flow_(flows_.publish(kTenant, plan, plan->flow, kBegin).value()),
          sender_(runtime_, flow_, config(), stage.clock, played.events) {
        stage_.logs.set([this](plugin::LogLine line) { runtime_.log(std::move(line)); });
    }
    ~Player() {
        *alive_ = false;
        stage_.logs.set(nullptr);
    }

    Played go() {
        send_at_ = stage_.clock.now() + case_.events.front().after;
        for (std::size_t turns = 0; settle(); ++turns) {
            const auto next = next_due();
            if (!next) break;
            if (turns == limits_.turns) {
                out_.fault = "the case goes on and on: " + std::to_string(turns) + " things have happened";
                break;
            }
            if (*next > stage_.clock.now()) stage_.clock.set(*next);
            happen();
        }
        tell();
        return std::move(out_);
    }

private:
    Value config() {
        std::map<std::string, Value> vars;
        for (const Setting& var : case_.vars) vars[var.name] = var.value;
        vars_.override_with(std::move(vars));
        return vars_.of(*flow_).value();
    }

    /// Lets everything happen that needs no time to pass; false when that does not come to an end.
    bool settle() {
        const auto work = boost::asio::make_work_guard(stage_.loop);
        while (std::chrono::steady_clock::now() < until_) {
            stage_.loop.restart();
            if (stage_.loop.poll() > 0) continue;
            if (calls_.real() > 0 || sender_.reading() > 0)
                stage_.loop.run_one_until(until_);
            else if (store_.queued().empty())
                return true;
            else
                post([this] { store_.complete_one(); });
        }
        out_.fault = "the case did not come to rest within " + std::to_string(limits_.real_time.count()) +
                     " ms of real time" +
                     (calls_.real() > 0 ? ": the call of a pure action has not ended" : "");
        calls_.cancel_real();
        return false;
    }

    std::optional<TimeMs> next_due() const {
        std::optional<TimeMs> out;
        const auto sooner = [&out](std::optional<TimeMs> at) {
            if (at && (!out || *at < *out)) out = at;
        };
        sooner(calls_.next_due());
        sooner(sender_.next_due());
        sooner(runtime_.next_due());
        if (sent_ < case_.events.size()) sooner(send_at_);
        return out;
    }

    /// One of the things that are due. An answer that comes just then comes in time.
    void happen() {
        if (calls_.answer_one()) return;
        if (sent_ < case_.events.size() && send_at_ <= stage_.clock.now()) return send();
        if (!sender_.send_one_away()) post([this] { runtime_.tick(); });
    }

    void send() {
        const std::size_t event = sent_++;
        if (sent_ < case_.events.size()) send_at_ = stage_.clock.now() + case_.events[sent_].after;
        post([this, event] { sender_.deliver(event); });
    }

    /// Does something from within the loop, where what actions log joins their run at once.
    template <class Act>
    void post(Act act) {
        boost::asio::post(stage_.loop, [act = std::move(act), alive = alive_] {
            if (*alive) act();
        });
    }

    void tell() {
        out_.responses = sender_.responses();
        out_.filters = sender_.filters();
        out_.calls = calls_.recorded();
        out_.notes = calls_.notes();
        out_.took = stage_.clock.now() - kBegin;
        for (const RunId& run : sender_.started()) {
            PlayedRun played;
            for (const std::string& row : store_.journal(run).value()) {
                auto part = run::decode_row(run, row, sealer_.get()).value();
                std::move(part.begin(), part.end(), std::back_inserter(played.entries));
            }
            played.story = run::history(flow_->plan, played.entries).value();
            out_.runs.push_back(std::move(played));
        }
    }

    const Stage& stage_;
    const Case& case_;
    const PlayLimits& limits_;
    std::chrono::steady_clock::time_point until_;
    Played out_;
    store::MemoryDisk disk_;
    store::MemoryStore store_{disk_};
    SeededRandom random_{kSeed};
    std::unique_ptr<run::Sealer> sealer_ = vault::make_sealer(vault::MasterKey({}));
    Calls calls_;
    runtime::Flows flows_;
    runtime::ConfigVars vars_;
    runtime::Background background_;
    runtime::Runtime runtime_;
    runtime::FlowHandle flow_;
    Sender sender_;
    std::size_t sent_ = 0;
    TimeMs send_at_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

Played play(const Stage& stage, const std::shared_ptr<const flow::Plan>& plan, const StepNames& names,
            const Case& played, const PlayLimits& limits) {
    stage.clock.set(kBegin);
    Player player(stage, plan, names, played, limits);
    return player.go();
}

}  // namespace tappet::flowtest
