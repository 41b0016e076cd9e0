#pragma once
#include <tappet/abi.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "plugin/doors.hpp"

namespace tappet::plugin {

class Core;

/// The accounts that calls act for, over the door that the engine gives. What a call was given stays with it
/// until it ends. Asking later runs on a worker. Any thread.
class ConnectionService {
public:
    /// How many different ones a call is given: each renewal is another.
    static constexpr std::size_t kMaxGiven = 64;
    /// The connection, or why there is none; one of them is null.
    using Done = std::function<void(const Value* connection, const CallError* error)>;

    ConnectionService(Core& core, ConnectionDoor* door) : core_(core), door_(door) {}
    /// Waits for it; `done` is called on this thread before it returns. Not on the loop.
    void now(std::uint64_t call, const std::string& plugin, bool refused, const Done& done);
    /// `done` is called once, later: on the loop for a call that runs there, else on a worker.
    void later(std::uint64_t call, std::string plugin, bool refused, Done done);
    /// What a call was given, for keeping its secrets out of texts.
    std::vector<Value> given(std::uint64_t call) const;
    void forget(std::uint64_t call);  ///< the call is completed. Loop thread

private:
    using Answer = std::variant<std::shared_ptr<const Value>, CallError>;
    Answer reach(std::uint64_t call, const std::string& plugin, bool refused);
    Answer keep(std::uint64_t call, Value connection);
    static void tell(const Answer& answer, const Done& done);

    Core& core_;
    ConnectionDoor* door_;
    mutable std::mutex mutex_;
    /// By call; a handle is the address of a value.
    std::unordered_map<std::uint64_t, std::vector<std::shared_ptr<const Value>>> given_;
};

}  // namespace tappet::plugin
