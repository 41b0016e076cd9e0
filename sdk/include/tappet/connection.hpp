#pragma once
#include <tappet/service.hpp>

namespace tappet::sdk {

/// The account that a step or trigger acts for. The engine keeps it sealed, and renews it before it expires.
/// What it yields is a map of the connection's fields with `name` and `type`, secrets marked, or a described
/// struct of it; views live until the call is completed. Without a connection: Error::validation. For
/// requests, HttpRequest::authorize spares the plugin the credential altogether.
class Connection {
public:
    Connection(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    template <class T>
    struct Getting;
    /// `Account account = co_await context.connection().get<Account>();`
    template <class T = View>
    Pending<Getting<T>> get() const;
    /// The peer refused the credential that was given before: it is renewed first.
    template <class T = View>
    Pending<Getting<T>> renew() const;
    /// As get and renew, for actions that do not declare nonBlocking.
    template <class T = View>
    T get_now() const {
        return now<T>(0);
    }
    template <class T = View>
    T renew_now() const {
        return now<T>(TAPPET_CONNECTION_REFUSED);
    }

private:
    template <class F>
    F function(F tappet_connection_v1::*member, std::string_view name) const {
        return service_function(instance_->connection, member, "connection/1", name);
    }
    struct Given {
        const tappet_value* value = nullptr;
        std::optional<Error> error;
        std::coroutine_handle<> waiting{};
        static void keep(void* to, const tappet_value* connection, const tappet_error* why) noexcept {
            auto* self = static_cast<Given*>(to);
            self->value = connection;
            try {
                if (!connection && why) self->error = Error::from(*why);
            } catch (...) {
                self->error.reset();
            }
            if (const auto then = self->waiting) then.resume();
        }
        template <class T>
        T take_as(const Instance& instance) const {
            if (error) throw *error;
            if (!value) throw Error::internal("the engine gave no connection");
            return read_as<T>(View(value, instance.host->values), "connection");
        }
    };
    template <class T>
    T now(std::uint32_t how) const {
        Given given;
        function(&tappet_connection_v1::get_now, "get_now")(instance_->host, call_, how, Given::keep, &given);
        return given.take_as<T>(*instance_);
    }
    Instance* instance_;
    std::uint64_t call_;
};

template <class T>
struct Connection::Getting : Connection::Given {
    Getting(Connection of, std::uint32_t flags) : connection(of), how(flags) {}
    void start(Getting* self) const {
        Given* const to = self;
        connection.function(&tappet_connection_v1::get, "get")(connection.instance_->host, connection.call_,
                                                               how, Given::keep, to);
    }
    T take() const { return this->template take_as<T>(*connection.instance_); }
    Connection connection;
    std::uint32_t how;
};

template <class T>
Pending<Connection::Getting<T>> Connection::get() const {
    return Pending<Getting<T>>(Getting<T>(*this, 0));
}
template <class T>
Pending<Connection::Getting<T>> Connection::renew() const {
    return Pending<Getting<T>>(Getting<T>(*this, TAPPET_CONNECTION_REFUSED));
}

}  // namespace tappet::sdk
