// The host's plugins while it runs: files that changed, came or went, and providers that nobody uses any
// more.
#include <algorithm>
#include <atomic>

#include "base/log.hpp"
#include "plugin/host_impl.hpp"

namespace tappet::plugin {
namespace {
constexpr std::chrono::seconds kSweep{1};  ///< between two looks for providers that are idle
}

void Host::Impl::reload(const std::vector<std::string>& files) {
    std::erase_if(plugins, [&](const PluginInfo& info) {
        if (std::find(files.begin(), files.end(), info.file) != files.end()) return false;
        if (info.problem.empty()) log::info("plugin {} is gone: {}", info.name, info.file);
        retire(info.file);
        return true;
    });
    for (const std::string& file : files) {
        const auto known = std::find_if(plugins.begin(), plugins.end(),
                                        [&](const PluginInfo& info) { return info.file == file; });
        if (known == plugins.end()) {
            load_file(file);
            continue;
        }
        replace(*known);
    }
    sweep();
}

void Host::Impl::replace(PluginInfo& info) {
    const bool serves = info.problem.empty();
    auto image = Image::read(info.file);
    if (image && serves && (*image)->hash() == info.hash) {
        info.newer_problem.clear();
        return;
    }
    PluginInfo next;
    next.file = info.file;
    Loaded loaded;
    std::string problem = image ? try_load(next, *image, loaded) : image.error().message;
    if (problem.empty()) {
        log::info("plugin {} is loaded anew: {}", next.name, next.file);
        retire(info.file);
        add(std::move(loaded));
        info = std::move(next);
        return;
    }
    log::error("plugin {} is not loaded: {}{}", info.file, problem,
               serves ? "; the one that was loaded before stays" : "");
    if (serves)
        info.newer_problem = "the file has changed and does not load any more: " + problem;
    else
        info.problem = std::move(problem);
}

void Host::Impl::retire(const std::string& file) {
    const auto found = providers.find(file);
    if (found == providers.end()) return;
    const std::shared_ptr<Provider> provider = std::move(found->second);
    providers.erase(found);
    std::erase_if(actions, [&](const auto& entry) { return entry.second->provider == provider; });
    std::erase_if(triggers, [&](const auto& entry) { return entry.second->provider == provider; });
    std::erase_if(apps, [&](const auto& entry) { return entry.second == provider; });
    retired.push_back(provider);
}

/// Versions of flows and calls under way hold the providers that they began with; the last one lets go.
void Host::Impl::sweep() {
    std::erase_if(retired, [](const std::shared_ptr<Provider>& provider) {
        if (provider.use_count() > 1) return false;
        std::atomic_thread_fence(std::memory_order_acquire);  // after what its last user did, on any thread
        log::info("plugin {}: the build {} is not used any more", provider->identity().name,
                  provider->identity().hash.substr(0, 12));
        provider->end();
        return true;
    });
    if (retired.empty() || sweeping) return;
    sweeping = true;
    sweeper.expires_after(kSweep);
    sweeper.async_wait([this, alive = std::weak_ptr<bool>(alive)](const boost::system::error_code& failed) {
        if (failed || alive.expired()) return;
        sweeping = false;
        sweep();
    });
}

}  // namespace tappet::plugin
