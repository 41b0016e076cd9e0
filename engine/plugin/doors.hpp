#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "plugin/call.hpp"

namespace tappet::plugin {

// What plugins reach through the engine, given by what is above. Doors outlive the host's close().

/// Durable keys of plugins (the store). Called on worker threads.
class StateDoor {
public:
    virtual ~StateDoor() = default;
    virtual Result<std::optional<std::string>> get(const std::string& tenant, const std::string& plugin,
                                                   const std::string& key) = 0;
    virtual Result<void> set(const std::string& tenant, const std::string& plugin, const std::string& key,
                             const std::optional<std::string>& value) = 0;
};

/// The account that a call acts for.
struct ConnectionAsk {
    std::string tenant, plugin;
    std::string name;      ///< as the flow's step or trigger gives it
    bool refused = false;  ///< the peer refused the credential that was given before: renew it first
};

/// Connections of tenants (the vault). Called on worker threads; may wait for a renewal.
class ConnectionDoor {
public:
    virtual ~ConnectionDoor() = default;
    /// The connection's fields as a map, `name` and `type` among them, secrets marked; or why there is none,
    /// in the class that the step fails with.
    virtual CallOutcome get(const ConnectionAsk& ask) = 0;
};

/// Bytes of runs that are too large for a value (the store). Called on worker threads.
class BlobDoor {
public:
    virtual ~BlobDoor() = default;
    /// Appends to a blob of a run, or begins one when the id is empty. Durable once it returns the id.
    /// not_found: the run has no such blob; exhausted: the blob or the run would be over its limit.
    virtual Result<std::string> write(const RunId& run, const std::string& tenant, const std::string& id,
                                      std::string_view bytes) = 0;
    /// At most `max` bytes from `offset` on; fewer only at the blob's end. not_found as of write.
    virtual Result<std::string> read(const RunId& run, const std::string& tenant, const std::string& id,
                                     std::uint64_t offset, std::uint64_t max) = 0;
};

/// One step of a plugin's figures.
struct MetricUpdate {
    enum class Kind { counter, gauge, histogram };
    Kind kind = Kind::counter;
    std::string name;
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;  ///< added to a counter, put into a gauge; seconds that a histogram counts
};

/// Is told of updates that the host's own figures took: where a plugin's host is not the engine's process.
/// Any thread; never blocks.
class MetricsDoor {
public:
    virtual ~MetricsDoor() = default;
    virtual void record(const std::string& plugin, const MetricUpdate& update) = 0;
};

/// Those of one host; what is null is not there for its plugins.
struct Doors {
    Doors() = default;
    Doors(StateDoor* keys) : state(keys) {}
    StateDoor* state = nullptr;
    ConnectionDoor* connections = nullptr;
    BlobDoor* blobs = nullptr;
    MetricsDoor* metrics = nullptr;
};

}  // namespace tappet::plugin
