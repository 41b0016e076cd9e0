#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <utility>

namespace tappet::runtime {

/// A few threads for what blocks on the disk or takes long (reading histories), away from the loop.
class Background {
public:
    Background(boost::asio::io_context& loop, std::size_t threads) : loop_(loop), pool_(threads) {}
    ~Background() { pool_.join(); }

    /// Runs work() on a thread of the pool, then then(result) on the loop's thread. Neither may throw.
    template <class Work, class Then>
    void run(Work work, Then then) {
        boost::asio::post(pool_, [this, work = std::move(work), then = std::move(then)]() mutable {
            auto result = std::make_shared<decltype(work())>(work());
            boost::asio::post(loop_,
                              [result, then = std::move(then)]() mutable { then(std::move(*result)); });
        });
    }

private:
    boost::asio::io_context& loop_;
    boost::asio::thread_pool pool_;
};

}  // namespace tappet::runtime
