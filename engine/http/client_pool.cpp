#include <fmt/format.h>

#include <algorithm>

#include "http/client_impl.hpp"

namespace tappet::http {

void Client::Impl::acquire(const std::shared_ptr<Call>& call) {
    const std::string key = call->url.origin();
    Pool& pool = pools.try_emplace(key).first->second;
    if (pool.key.empty()) pool.key = key;
    call->pool = &pool;
    if (!pool.idle.empty()) {
        auto connection = std::move(pool.idle.back());
        pool.idle.pop_back();
        return exchange(call, std::move(connection));
    }
    if (pool.open < std::max<std::size_t>(options.max_per_host, 1)) return connect(call, pool);
    if (waiting >= options.max_waiting)
        return fail_later(call, {Failure::Kind::connect,
                                 fmt::format("{}: too many requests wait for a connection", key), false});
    call->place = Call::Place::waiting;
    call->waiting_at = pool.waiting.insert(pool.waiting.end(), call);
    ++waiting;
}

void Client::Impl::connect(const std::shared_ptr<Call>& call, Pool& pool) {
    ++pool.open;
    call->pool = &pool;
    call->place = Call::Place::connecting;
    Connector::Destination to{call->url, proxy, options.guard, call->url.tls ? tls : nullptr};
    const auto connected = [weak = weak_from_this(),
                            call](boost::system::result<std::unique_ptr<Transport>, Failure> made) {
        const auto self = std::static_pointer_cast<Client::Impl>(weak.lock());
        if (!self || call->place != Call::Place::connecting) return;
        call->connector.reset();
        if (made.has_value()) return self->on_connected(call, std::move(*made));
        call->place = Call::Place::nowhere;
        --call->pool->open;
        self->free_slot(*call->pool);
        self->fail(call, made.error());
    };
    call->connector = std::make_shared<Connector>(loop, std::move(to), lookups, connected);
    call->connector->start();
}

void Client::Impl::on_connected(const std::shared_ptr<Call>& call, std::unique_ptr<Transport> transport) {
    const std::weak_ptr<Connection::Owner> owner = shared_from_this();
    auto connection = std::make_shared<Connection>(std::move(transport), owner);
    connection->pool = call->pool;
    exchange(call, std::move(connection));
}

void Client::Impl::exchange(const std::shared_ptr<Call>& call, std::shared_ptr<Connection> connection) {
    call->place = Call::Place::exchanging;
    call->connection = std::move(connection);
    call->connection->call = call;
    call->sent = true;
    call->connection->begin(call->outgoing, call->request.method == "HEAD", call->request.max_body);
}

void Client::Impl::release(const std::shared_ptr<Connection>& connection, bool reusable) {
    Pool& pool = *connection->pool;
    connection->call.reset();
    if (reusable && !pool.waiting.empty()) {
        const auto next = pool.waiting.front();
        pool.waiting.pop_front();
        --waiting;
        return exchange(next, connection);
    }
    if (reusable && pool.idle.size() < options.max_idle_per_host) {
        connection->idle_since = std::chrono::steady_clock::now();
        pool.idle.push_back(connection);
        return arm(connection->idle_since + options.idle_timeout);
    }
    connection->close();
    --pool.open;
    free_slot(pool);
}

void Client::Impl::free_slot(Pool& pool) {
    if (!stopped && !pool.waiting.empty()) {
        const auto next = pool.waiting.front();
        pool.waiting.pop_front();
        --waiting;
        return connect(next, pool);
    }
    drop_if_unused(pool);
}

void Client::Impl::drop_if_unused(Pool& pool) {
    if (pool.open != 0 || !pool.waiting.empty()) return;
    const std::string key = pool.key;
    pools.erase(key);
}

void Client::Impl::detach(Call& call) {
    const auto place = std::exchange(call.place, Call::Place::nowhere);
    if (place == Call::Place::nowhere) return;
    Pool& pool = *call.pool;
    if (place == Call::Place::waiting) {
        pool.waiting.erase(call.waiting_at);
        --waiting;
        return drop_if_unused(pool);
    }
    if (place == Call::Place::connecting) {
        call.connector->cancel();
        call.connector.reset();
    } else {
        call.connection->close();
        call.connection->call.reset();
        call.connection.reset();
    }
    --pool.open;
    free_slot(pool);
}

std::optional<SteadyTime> Client::Impl::sweep_idle(SteadyTime now) {
    std::optional<SteadyTime> next;
    std::vector<Pool*> emptied;
    for (auto& [key, pool] : pools) {
        while (!pool.idle.empty() && pool.idle.front()->idle_since + options.idle_timeout <= now) {
            pool.idle.front()->close();
            pool.idle.pop_front();
            --pool.open;
        }
        if (pool.open == 0) emptied.push_back(&pool);
        if (pool.idle.empty()) continue;
        const auto due = pool.idle.front()->idle_since + options.idle_timeout;
        if (!next || due < *next) next = due;
    }
    for (Pool* pool : emptied) drop_if_unused(*pool);
    return next;
}

void Client::Impl::on_idle_lost(const std::shared_ptr<Connection>& connection) {
    Pool& pool = *connection->pool;
    const auto at = std::find(pool.idle.begin(), pool.idle.end(), connection);
    if (at == pool.idle.end()) return;
    pool.idle.erase(at);
    --pool.open;
    drop_if_unused(pool);
}

}  // namespace tappet::http
