#include "ledger.hpp"

namespace demo {

const Answer* Ledger::find(const std::string& key) {
    const auto found = effects_.find(key);
    if (found == effects_.end()) return nullptr;
    ++repeats_;
    if (found->second.delivered) ++repeats_after_answer_;
    return &found->second.answer;
}

void Ledger::book(const std::string& key, Answer answer) {
    ++booked_;
    effects_[key].answer = std::move(answer);
}

void Ledger::delivered(const std::string& key) {
    const auto found = effects_.find(key);
    if (found != effects_.end()) found->second.delivered = true;
}

std::string Ledger::json() const {
    const auto member = [](std::string_view name, auto value) {
        return "\"" + std::string(name) + "\":" + std::to_string(value);
    };
    return "{" + member("effects", booked_) + "," + member("keys", effects_.size()) + "," +
           member("repeats", repeats_) + "," + member("repeatsAfterAnswer", repeats_after_answer_) + "," +
           member("reads", reads_) + "," + member("refused", refused_) + "," + member("held", held_) + "}";
}

}  // namespace demo
