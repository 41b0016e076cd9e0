#pragma once
#include <cstdint>
#include <utility>

namespace tappet::http::server {

/// The bytes of bodies that the connections of one server hold together, and their bound. One thread.
class BodyBudget {
public:
    explicit BodyBudget(std::uint64_t limit) : limit_(limit) {}
    BodyBudget(const BodyBudget&) = delete;
    BodyBudget& operator=(const BodyBudget&) = delete;

    /// What one request holds of a budget, which outlives it; given back when destroyed or overwritten.
    class Share {
    public:
        Share() = default;
        explicit Share(BodyBudget& budget) : budget_(&budget) {}
        Share(Share&& other) noexcept
            : budget_(std::exchange(other.budget_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
        Share& operator=(Share&& other) noexcept {
            std::swap(budget_, other.budget_);
            std::swap(bytes_, other.bytes_);
            other.give_back();
            return *this;
        }
        ~Share() { give_back(); }
        /// Counts further bytes that are in memory already; false when they are more than there may be.
        bool grow(std::uint64_t bytes) {
            if (!budget_) return true;
            bytes_ += bytes;
            budget_->held_ += bytes;
            return budget_->held_ <= budget_->limit_;
        }

    private:
        void give_back() {
            if (budget_) budget_->held_ -= std::exchange(bytes_, 0);
            budget_ = nullptr;
        }
        BodyBudget* budget_ = nullptr;
        std::uint64_t bytes_ = 0;
    };

    std::uint64_t held() const { return held_; }

private:
    std::uint64_t limit_;
    std::uint64_t held_ = 0;
};

}  // namespace tappet::http::server
