#pragma once
#include <tappet/abi.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "base/ids.hpp"
#include "plugin/doors.hpp"
#include "plugin/running.hpp"
#include "plugin/services/state.hpp"

namespace tappet::plugin {

class Core;

/// Bytes too large for a value, over the door that the engine gives. What a call asks for later is done in
/// order, one at a time, on a worker. Any thread.
class BlobService {
public:
    static constexpr std::size_t kMaxBegun = 1'000;        ///< blobs that one call begins
    static constexpr std::size_t kMaxWaiting = 64u << 20;  ///< bytes that one call waits to have written

    using Outcome = StateService::Outcome;
    using Done = std::function<void(const Outcome&)>;
    /// One access: appends bytes (to a new blob when the id is empty), or reads.
    struct Access {
        bool write = false;
        std::string id;
        std::string bytes;
        std::uint64_t offset = 0, max = 0;
    };

    BlobService(Core& core, BlobDoor* door) : core_(core), door_(door) {}
    /// Waits. Not on the loop.
    Outcome now(std::uint64_t call, const Access& access);
    /// `done` is called once, later: on the loop for a call that runs there, else on a worker.
    void later(std::uint64_t call, Access access, Done done);
    void forget(std::uint64_t call);  ///< the call is completed. Loop thread

private:
    struct Job {
        Access access;
        Done done;
        Whose whose;
        bool on_worker = false;
    };
    /// What is known of a call that asked for blobs.
    struct Known {
        std::set<std::string> begun;
        std::deque<Job> jobs;
        std::size_t waiting = 0;  ///< bytes of jobs
        bool busy = false;        ///< a worker does them
        bool over = false;
    };
    Outcome reach(std::uint64_t call, const Access& access);
    Outcome write(std::uint64_t call, const RunId& run, const std::string& tenant, const Access& access);
    Outcome read(const RunId& run, const std::string& tenant, const Access& access);
    std::string refusal(std::uint64_t call, const Access& access);
    bool enter(std::uint64_t call);
    void work(std::uint64_t call);
    void tell(const Job& job, Outcome outcome);

    Core& core_;
    BlobDoor* door_;
    std::mutex mutex_;
    std::unordered_map<std::uint64_t, Known> known_;
};

}  // namespace tappet::plugin
