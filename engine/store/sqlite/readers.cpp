#include "store/sqlite/readers.hpp"

namespace tappet::store::sqlite {

Result<std::unique_ptr<Connection>> Readers::lend() {
    std::unique_lock lock(mutex_);
    free_.wait(lock, [this] { return !idle_.empty() || made_ < most_; });
    if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return connection;
    }
    ++made_;
    lock.unlock();
    auto opened = Connection::open(path_, Connection::Mode::read, busy_timeout_);
    if (!opened) {
        lock.lock();
        --made_;
        free_.notify_one();
    }
    return opened;
}

void Readers::give_back(std::unique_ptr<Connection> connection) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
    free_.notify_one();
}

}  // namespace tappet::store::sqlite
