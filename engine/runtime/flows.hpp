#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "flow/compile.hpp"
#include "store/store.hpp"

namespace tappet::runtime {

/// A version of a flow, ready to run. Immutable; runs keep the one they started with.
struct Flow {
    std::string tenant;
    std::uint32_t version = 0;
    std::shared_ptr<const flow::Plan> plan;
    std::string file;  ///< where it was read from; for people
};
using FlowHandle = std::shared_ptr<const Flow>;

/// The flows that events may start, and the older versions that open runs still need. On the loop's thread.
class Flows {
public:
    Flows(store::Store& store, const flow::Catalog& catalog, flow::CompileOptions options = {});

    /// Makes a compiled flow the current one of its tenant and name, under a durable version number: the same
    /// number as before when its source is the same. Blocks for a disk access.
    Result<FlowHandle> publish(const std::string& tenant, std::shared_ptr<const flow::Plan> plan,
                               std::string file, TimeMs now);
    /// What the catalog holds has changed: versions that did not compile may do.
    void catalog_changed() { unfit_.clear(); }
    /// No event starts this flow any more; its open runs go on.
    void withdraw(const std::string& tenant, const std::string& name);

    FlowHandle current(const std::string& tenant,
                       const std::string& name) const;  ///< null when there is none
    std::vector<FlowHandle> all() const;                ///< the current ones, by tenant and name
    /// Any version that was ever published: the current one, one still in use or used lately, or compiled
    /// again from the store (which blocks for a disk access). Fails as not_found, or as invalid when it no
    /// longer compiles, saying why; that is found out once for each state of the catalog.
    Result<FlowHandle> version(const std::string& tenant, const std::string& name, std::uint32_t number);

private:
    static constexpr std::size_t kRecent = 16;    ///< older versions kept that no run uses
    static constexpr std::size_t kUnfit = 1'000;  ///< versions remembered that do not compile

    using Key = std::pair<std::string, std::string>;
    using VersionKey = std::pair<Key, std::uint32_t>;
    Result<FlowHandle> compile(const VersionKey& key);

    store::Store& store_;
    const flow::Catalog& catalog_;
    flow::CompileOptions options_;
    std::map<Key, FlowHandle> current_;
    std::map<VersionKey, std::weak_ptr<const Flow>> in_use_;
    std::deque<FlowHandle> recent_;  ///< compiled again, the last used in front
    std::map<VersionKey, Error> unfit_;
};

}  // namespace tappet::runtime
