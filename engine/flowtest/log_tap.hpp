#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <utility>

#include "plugin/host.hpp"

namespace tappet::flowtest {

/// Where actions log while tests are played: the host of plugins outlives the cases, which come and go.
/// Outlives the host.
class LogTap {
public:
    explicit LogTap(boost::asio::io_context& loop) : loop_(loop) {}

    /// Who is told, on the loop's thread; null: nobody. Set there, too.
    void set(std::function<void(plugin::LogLine)> to) { to_ = std::move(to); }
    /// Any thread.
    void log(plugin::LogLine line) {
        if (loop_.get_executor().running_in_this_thread()) return tell(std::move(line));
        boost::asio::post(loop_, [this, line = std::move(line)]() mutable { tell(std::move(line)); });
    }

private:
    void tell(plugin::LogLine line) {
        if (to_) to_(std::move(line));
    }
    boost::asio::io_context& loop_;
    std::function<void(plugin::LogLine)> to_;
};

}  // namespace tappet::flowtest
