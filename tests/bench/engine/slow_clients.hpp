#pragma once
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace tappet::bench {

/// Connections that send a request's head byte by byte and never come to its end. One that the engine closes
/// is opened again. From a thread of their own until the object is gone.
class SlowClients {
public:
    SlowClients(const std::string& address, std::size_t count);
    ~SlowClients();
    std::size_t open() const { return open_; }      ///< connections now
    std::size_t closed() const { return closed_; }  ///< by the engine so far

private:
    void work();

    std::string address_;
    std::vector<int> sockets_;
    std::vector<std::size_t> sent_;
    std::atomic<std::size_t> open_{0}, closed_{0};
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

}  // namespace tappet::bench
