#include "plugin/workers.hpp"

#include <algorithm>

#include "plugin/fault_stack.hpp"

namespace tappet::plugin {
namespace {
constinit thread_local const Workers* pool_of_this_thread = nullptr;
}

Workers::Workers(std::size_t threads, std::size_t max_queued, std::function<void()> changed)
    : threads_limit_(std::max<std::size_t>(threads, 1)),
      max_queued_(max_queued),
      changed_(std::move(changed)) {}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool Workers::push(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    if (jobs_.size() >= max_queued_) return false;
    add(std::move(job));
    return true;
}

void Workers::push_always(std::function<void()> job) {
    const std::lock_guard lock(mutex_);
    add(std::move(job));
}

void Workers::add(std::function<void()> job) {
    jobs_.push_back(std::move(job));
    if (running_ + jobs_.size() > threads_.size() && threads_.size() < threads_limit_)
        threads_.emplace_back([this] { run(); });
    wake_.notify_one();
}

bool Workers::idle() const {
    const std::lock_guard lock(mutex_);
    return jobs_.empty() && running_ == 0;
}

bool Workers::on_worker() const { return pool_of_this_thread == this; }

void Workers::run() {
    pool_of_this_thread = this;
    const FaultStack stack;
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return stop_ || !jobs_.empty(); });
        if (stop_) return;
        {
            std::function<void()> job = std::move(jobs_.front());
            jobs_.pop_front();
            ++running_;
            lock.unlock();
            job();
        }
        lock.lock();
        --running_;
        lock.unlock();
        changed_();
        lock.lock();
    }
}

}  // namespace tappet::plugin
