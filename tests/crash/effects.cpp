#include "effects.hpp"

namespace tappet::crash {
namespace {

constexpr int kPatientRetryAfter = 1;  ///< seconds
constexpr unsigned kPatientRefusals = 2;
constexpr double kDelayed = 0.2;         ///< of all calls
constexpr double kLongestDelay = 20.0;   ///< ms
constexpr Milliseconds kClockSlack{20};  ///< whole milliseconds there, nanoseconds here

/// Effects of a stage follow from all of the stages before.
int stage_of(std::string_view place) {
    if (place.starts_with("item-")) return 1;
    return place == "last" ? 2 : 0;
}

bool ends_run(std::string_view place) { return place == "last" || place == "wait" || place == "open"; }

}  // namespace

Effect& Effects::at(std::string_view path) {
    Effect& effect = effects_[std::string(path)];
    if (!effect.path.empty()) return effect;
    effect.path = path;
    const std::size_t run = path.find('/', 1), place = path.find('/', run + 1);
    if (place == std::string_view::npos) {
        ledger_.broken("a call came to " + effect.path);
        return effect;
    }
    effect.event = path.substr(1, run - 1);
    effect.run = path.substr(run + 1, place - run - 1);
    effect.place = path.substr(place + 1);
    return effect;
}

const Effect* Effects::find(const std::string& event, const std::string& run,
                            const std::string& place) const {
    const auto found = effects_.find("/" + event + "/" + run + "/" + place);
    return found == effects_.end() ? nullptr : &found->second;
}

void Effects::complete(const std::string& event, const std::string& run, const std::string& place) {
    const auto found = effects_.find("/" + event + "/" + run + "/" + place);
    if (found == effects_.end() || found->second.successes == 0)
        ledger_.broken(place + " of run " + run + " is complete, but nothing of it came through");
    else
        found->second.complete = true;
}

void Effects::check(Effect& effect, std::string_view key, unsigned life, SteadyTime now) {
    if (key.empty()) return ledger_.broken("a call without Idempotency-Key: " + effect.path);
    if (effect.key.empty()) effect.key = key;
    if (effect.key != key)
        ledger_.broken(effect.path + " was called with the keys " + effect.key + " and " + std::string(key));
    const std::string& path = key_paths_.try_emplace(std::string(key), effect.path).first->second;
    if (path != effect.path)
        ledger_.broken("the key " + std::string(key) + " names " + path + " and " + effect.path);
    if (effect.complete) ledger_.broken(effect.path + " was called again though its step is complete");
    if (effect.successes > 0 && effect.success_life == life)
        ledger_.broken(effect.path + " was called again by the process that had its answer");
    if (effect.successes > 0 && clean_lives_.contains(effect.success_life))
        ledger_.broken(effect.path +
                       " was called again after an engine that had its answer stopped in order");
    int& stage = stages_[effect.run];
    if (stage_of(effect.place) < stage)
        ledger_.broken(effect.path + " was called after what follows from it");
    stage = std::max(stage, stage_of(effect.place));
    if (effect.refused_life == life && now + kClockSlack < effect.not_before)
        ledger_.broken(effect.path + " was tried again before the time that Retry-After had set");
}

Answer Effects::answer(Effect& effect, unsigned life, SteadyTime now) {
    if (effect.place == "open" && gate) return gate(effect);
    Answer out;
    if (random_.unit() < kDelayed) out.delay = Milliseconds(static_cast<int>(random_.unit() * kLongestDelay));
    const bool patient = effect.place == "wait";
    const unsigned refusals = patient ? kPatientRefusals : effect.place == "last" ? 1 : 0;
    if (effect.calls > refusals) return out;
    out.kind = Answer::Kind::unavailable;
    out.retry_after_s = patient ? kPatientRetryAfter : 0;
    effect.refused_life = life;
    effect.not_before = now + out.delay + std::chrono::seconds(out.retry_after_s);
    return out;
}

Answer Effects::arrived(std::string_view path, std::string_view key, unsigned life, SteadyTime now) {
    Effect& effect = at(path);
    ++calls;
    ++effect.calls;
    if (effect.successes > 0) ++repeated;
    check(effect, key, life, now);
    const Answer out = answer(effect, life, now);
    if (out.kind == Answer::Kind::unavailable) ++unavailable;
    return out;
}

void Effects::succeeded(std::string_view path, unsigned life) {
    Effect& effect = at(path);
    effect.success_life = life;
    if (effect.successes++ == 0 && ends_run(effect.place)) ++through_;
}

}  // namespace tappet::crash
