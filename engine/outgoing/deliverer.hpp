#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "outgoing/judge.hpp"
#include "outgoing/letter.hpp"
#include "outgoing/places.hpp"
#include "outgoing/queue.hpp"
#include "plugin/http_door.hpp"
#include "runtime/config_vars.hpp"
#include "runtime/flows.hpp"
#include "store/outgoing.hpp"
#include "trigger/alarms.hpp"
#include "trigger/offload.hpp"
#include "trigger/settings.hpp"

namespace tappet::outgoing {

struct Options {
    std::chrono::milliseconds disable_after{std::chrono::days(5)};  ///< of failures alone
    std::size_t held = 64;                                          ///< messages of one address in memory
    std::size_t per_address = 4;  ///< under way; one while the address fails
    std::size_t under_way = 512;  ///< in all, shared as Places does
};

struct Stats {
    std::uint64_t delivered = 0, attempts_failed = 0, given_up = 0;
    std::size_t under_way = 0, in_memory = 0, addresses = 0, disabled = 0;
};

/// Delivers messages about runs, each at least once, until it is delivered, has failed for good, or its
/// address is disabled. What an attempt came to is durable before the next one of that message. On the loop's
/// thread, but for what blocks on the disk.
class Deliverer {
public:
    Deliverer(boost::asio::io_context& loop, plugin::HttpDoor& door, runtime::Flows& flows,
              runtime::ConfigVars& vars, store::OutgoingStore& store, const Clock& clock, Random& random,
              trigger::FindSecret secret, trigger::Offload offload, Options options = {});
    ~Deliverer() { *alive_ = false; }

    /// Logs and returns which addresses of the current flows cannot be made up or signed for, and why, no
    /// secret in it; after any change of flows or variables. Messages are tried all the same. May block for a
    /// disk access.
    std::vector<std::string> reload();
    /// Takes up what is pending; once.
    void start();
    /// A message has become durable.
    void written(const store::OutgoingAddress& to, const Uuid& id);
    /// Begins no further attempt.
    void stop();
    /// Stops, and tells when nothing is under way any more, or when `limit` has passed: what is under way
    /// then is repeated at the next start.
    void drain(std::chrono::milliseconds limit, std::function<void()> done);

    /// Makes a message pending again, due at once, with every attempt before it. `done` gets what is kept;
    /// not_found: there is none; conflict: it is being sent, or was while it was read; unavailable.
    void resend(const std::string& tenant, const Uuid& id,
                std::function<void(Result<store::OutgoingRow>)> done);
    /// Sends to an address again. What was sent before may still deliver, and says nothing against the
    /// address any more. not_found: no message was ever written for it; unavailable.
    void enable(const store::OutgoingAddress& address,
                std::function<void(Result<store::OutgoingEndpoint>)> done);

    /// Does what is due by the clock; for tests that move it.
    void tick() { alarms_.tick(); }
    Stats stats() const;

private:
    struct Endpoint {
        explicit Endpoint(std::size_t held) : queue(held) {}
        store::OutgoingEndpoint kept;
        Failures failures;
        std::uint64_t enabled = 0;  ///< how often somebody has enabled it
        Queue queue;
        std::optional<trigger::Alarms::Key> alarm;
    };
    /// What an attempt came to, before it is written.
    struct Tried {
        store::OutgoingAddress to;
        store::OutgoingTried kept;
        /// Set where it is no attempt, but somebody who enabled the address.
        std::function<void(const Result<void>&)> enabled;
    };

    Endpoint& at(const store::OutgoingAddress& address);
    bool has_turn(const Endpoint& endpoint) const;
    void go_on(const store::OutgoingAddress& address);
    void serve();
    void look_ahead(const store::OutgoingAddress& address);
    void read_page(const store::OutgoingAddress& address);
    void arm(const store::OutgoingAddress& address, std::chrono::milliseconds wait);
    void attempt(const store::OutgoingAddress& address, const Uuid& id);
    void send(const store::OutgoingRow& row);
    /// An attempt: of which message, what came before, how often its address had been enabled.
    struct Attempt {
        store::OutgoingAddress to;
        Uuid id;
        std::uint32_t attempts = 0;
        std::uint64_t enabled = 0;
    };
    void tried(const Attempt& attempt, const Answer& answer);
    void record();
    void recorded(const std::vector<Tried>& batch, const Result<void>& written);
    void enable_known(const store::OutgoingAddress& address,
                      std::function<void(Result<store::OutgoingEndpoint>)> done);
    void left(const store::OutgoingAddress& address);
    void check_drained();
    std::optional<Error> closed() const;
    void again(store::OutgoingRow row, std::function<void(Result<store::OutgoingRow>)> done);

    plugin::HttpDoor& door_;
    runtime::Flows& flows_;
    runtime::ConfigVars& vars_;
    store::OutgoingStore& store_;
    const Clock& clock_;
    Random& random_;
    trigger::FindSecret secret_;
    trigger::Offload offload_;
    Options options_;
    std::map<store::OutgoingAddress, Endpoint> endpoints_;
    Places places_;
    std::vector<Tried> results_;  ///< not written yet
    bool recording_ = false;
    bool ready_ = false;    ///< the addresses are read
    bool stopped_ = false;  ///< nothing is begun any more
    std::function<void()> drained_;
    trigger::Alarms alarms_;
    Stats stats_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tappet::outgoing
