#include "plugin/services/blob.hpp"

#include <utility>

#include "plugin/core.hpp"
#include "plugin/face.hpp"
#include "plugin/running.hpp"
#include "plugin/services/tables.hpp"
#include "plugin/values.hpp"

namespace tappet::plugin {
namespace {

BlobService::Outcome refused(std::string why) { return {-1, std::move(why)}; }

BlobService::Outcome outcome_of(Result<std::string> result) {
    if (result) return {1, std::move(*result)};
    if (result.error().code == ErrorCode::not_found) return {0, {}};
    return refused(result.error().message);
}

}  // namespace

/// Marks the call as one that is known here; false when it is over.
bool BlobService::enter(std::uint64_t call) {
    const Pin open(core_.calls, call);
    if (!open) return false;
    known_.try_emplace(call);
    open->blobs.store(true);
    // Whoever ends the call forgets it here where it sees the mark; else we see that it is over.
    if (open->open.load() == call) return true;
    known_.erase(call);
    return false;
}

/// Why a call may not write; empty when it may.
std::string BlobService::refusal(std::uint64_t call, const Access& access) {
    const std::lock_guard lock(mutex_);
    const auto known = known_.find(call);
    if ((known == known_.end() || known->second.over) && !enter(call)) return "the call is over";
    const std::set<std::string>& begun = known_[call].begun;
    if (!access.id.empty() && !begun.contains(access.id))
        return "a call appends only to blobs that it began, and not to \"" + access.id + "\"";
    if (access.id.empty() && begun.size() == kMaxBegun)
        return "the call began " + std::to_string(kMaxBegun) + " blobs, which is the most";
    return {};
}

BlobService::Outcome BlobService::write(std::uint64_t call, const RunId& run, const std::string& tenant,
                                        const Access& access) {
    if (std::string why = refusal(call, access); !why.empty()) return refused(std::move(why));
    Outcome outcome =
        core_.reach([&] { return outcome_of(door_->write(run, tenant, access.id, access.bytes)); },
                    refused("the engine stops"));
    if (outcome.found == 1) {
        const std::lock_guard lock(mutex_);
        if (const auto known = known_.find(call); known != known_.end())
            known->second.begun.insert(outcome.text);
    }
    return outcome;
}

BlobService::Outcome BlobService::read(const RunId& run, const std::string& tenant, const Access& access) {
    return core_.reach(
        [&] { return outcome_of(door_->read(run, tenant, access.id, access.offset, access.max)); },
        refused("the engine stops"));
}

BlobService::Outcome BlobService::reach(std::uint64_t call, const Access& access) {
    RunId run;
    std::string tenant;
    if (const Pin open(core_.calls, call); open) {
        run = open->context.run;
        tenant = open->context.tenant;
    } else {
        return refused("the call is over");
    }
    if (!door_) return refused("this engine keeps no blobs");
    if (run.is_nil()) return refused("blobs belong to runs, and this call has none");
    if (core_.cancelled(call)) return refused("the call was cancelled");
    return access.write ? write(call, run, tenant, access) : read(run, tenant, access);
}

BlobService::Outcome BlobService::now(std::uint64_t call, const Access& access) {
    if (core_.on_loop()) return refused("an action that declares nonBlocking must not wait for its blobs");
    return reach(call, access);
}

void BlobService::later(std::uint64_t call, Access access, Done done) {
    Job job;
    job.done = std::move(done);
    if (const Pin open(core_.calls, call); open) {
        job.whose = open->whose();
        job.on_worker = !open->on_loop;
    }
    const std::size_t bytes = access.bytes.size();
    std::string why;
    {
        const std::lock_guard lock(mutex_);
        const auto found = known_.find(call);
        if ((found == known_.end() || found->second.over) && !enter(call)) {
            why = "the call is over";
        } else if (Known& known = known_[call]; known.waiting + bytes > kMaxWaiting) {
            why = "the call has " + std::to_string(known.waiting) +
                  " bytes waiting to be written; the most is " + std::to_string(kMaxWaiting);
        } else {
            job.access = std::move(access);
            known.jobs.push_back(std::move(job));
            known.waiting += bytes;
            if (std::exchange(known.busy, true)) return;
        }
    }
    if (why.empty()) return core_.workers.push_always([this, call] { work(call); });
    core_.workers.push_always(
        [this, job = std::move(job), why = std::move(why)] { tell(job, refused(why)); });
}

/// Does the next job of a call, and sees to those after it. On a worker.
void BlobService::work(std::uint64_t call) {
    Job job;
    {
        const std::lock_guard lock(mutex_);
        job = std::move(known_.at(call).jobs.front());
    }
    Outcome outcome = reach(call, job.access);
    bool more = false;
    {
        const std::lock_guard lock(mutex_);
        Known& known = known_.at(call);
        known.jobs.pop_front();
        known.waiting -= job.access.bytes.size();
        more = known.busy = !known.jobs.empty();
        if (!more && known.over) known_.erase(call);
    }
    tell(job, std::move(outcome));
    if (more) core_.workers.push_always([this, call] { work(call); });
}

void BlobService::tell(const Job& job, Outcome outcome) {
    if (job.on_worker) {
        const Running running(job.whose);
        return job.done(outcome);
    }
    core_.to_loop([this, whose = job.whose, done = job.done, outcome = std::move(outcome)] {
        core_.deliver(whose, [&] { done(outcome); });
    });
}

void BlobService::forget(std::uint64_t call) {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(call);
    if (found == known_.end()) return;
    found->second.over = true;
    if (!found->second.busy) known_.erase(found);
}

namespace {

BlobService::Access writing(tappet_text id, tappet_text bytes) {
    BlobService::Access out;
    out.write = true;
    out.id = from_text(id);
    out.bytes = from_text(bytes);
    return out;
}
BlobService::Access reading(tappet_text id, uint64_t offset, uint64_t max) {
    BlobService::Access out;
    out.id = from_text(id);
    out.offset = offset;
    out.max = max;
    return out;
}
BlobService::Done into(tappet_state_done done, void* context) {
    return [done, context](const BlobService::Outcome& outcome) {
        done(context, outcome.found, as_text(outcome.text));
    };
}

void write(const tappet_host* host, uint64_t call, tappet_text id, tappet_text bytes, tappet_state_done done,
           void* context) {
    face_of(host).core->blob.later(call, writing(id, bytes), into(done, context));
}
void read(const tappet_host* host, uint64_t call, tappet_text id, uint64_t offset, uint64_t max,
          tappet_state_done done, void* context) {
    face_of(host).core->blob.later(call, reading(id, offset, max), into(done, context));
}
void write_now(const tappet_host* host, uint64_t call, tappet_text id, tappet_text bytes,
               tappet_state_done done, void* context) {
    into(done, context)(face_of(host).core->blob.now(call, writing(id, bytes)));
}
void read_now(const tappet_host* host, uint64_t call, tappet_text id, uint64_t offset, uint64_t max,
              tappet_state_done done, void* context) {
    into(done, context)(face_of(host).core->blob.now(call, reading(id, offset, max)));
}

constexpr tappet_blob_v1 kTable{sizeof(tappet_blob_v1), write, read, write_now, read_now};

}  // namespace

const tappet_blob_v1& blob_table() { return kTable; }

}  // namespace tappet::plugin
