#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "message.hpp"

namespace demo {

/// What the service did, by the Idempotency-Key it was asked with: the first call of a key is the effect, and
/// each further one gets the answer of the first. One thread.
class Ledger {
public:
    /// The answer of the call that had this key before; null for a new key.
    const Answer* find(const std::string& key);
    /// The effect of a new key.
    void book(const std::string& key, Answer answer);
    /// The caller of this key took the answer: it has no reason to ask again.
    void delivered(const std::string& key);
    void read() { ++reads_; }
    void refused() { ++refused_; }
    void held(int change) { held_ += change; }

    /// {effects, keys, repeats, repeatsAfterAnswer, reads, refused, held} as JSON.
    std::string json() const;

private:
    struct Effect {
        Answer answer;
        bool delivered = false;
    };
    std::unordered_map<std::string, Effect> effects_;
    std::size_t booked_ = 0;                ///< more than there are keys: an effect was there twice
    std::size_t repeats_ = 0;               ///< calls with a key that had its effect
    std::size_t repeats_after_answer_ = 0;  ///< those whose caller had the answer: a step done twice
    std::size_t reads_ = 0, refused_ = 0;
    int held_ = 0;  ///< calls that wait for an answer which will not come
};

}  // namespace demo
