#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tappet::plugin {

/// A bounded pool of threads for what may block. Jobs begin in order. Any thread.
class Workers {
public:
    /// Threads begin with the first job. `changed` is called on a worker after each job.
    Workers(std::size_t threads, std::size_t max_queued, std::function<void()> changed);
    ~Workers();  ///< waits for the jobs that run; drops those that have not begun
    /// False when max_queued jobs wait already.
    bool push(std::function<void()> job);
    /// Beyond the bound: for what belongs to a job already accepted.
    void push_always(std::function<void()> job);
    bool idle() const;
    bool on_worker() const;  ///< whether this thread is one of the pool's

private:
    void run();
    void add(std::function<void()> job);

    const std::size_t threads_limit_, max_queued_;
    const std::function<void()> changed_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::function<void()>> jobs_;
    std::size_t running_ = 0;
    bool stop_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace tappet::plugin
