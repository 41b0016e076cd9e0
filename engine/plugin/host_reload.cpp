// The host's plugins while it runs: files that changed, came or went, and providers that nobody uses any
// more.
#include <algorithm>
#include <atomic>
#include <filesystem>

#include "base/log.hpp"
#include "plugin/host_impl.hpp"

namespace tappet::plugin {
namespace {

constexpr std::chrono::seconds kSweep{1};  ///< between two looks for providers that are idle

/// The plugin files of a folder, by name.
std::vector<std::string> files_of(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        if (entry.path().extension() != ".so") continue;
        std::error_code dangling;  // a link to nothing is a plugin that does not load
        const auto type = entry.status(dangling).type();
        if (dangling || type == std::filesystem::file_type::regular ||
            type == std::filesystem::file_type::not_found)
            out.push_back(entry.path().string());
    }
    if (failed) log::warn("plugins: {}: {}", folder, failed.message());
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace

std::vector<std::string> Host::Impl::files() const {
    std::vector<std::string> out;
    for (const std::string& folder : core->options.folders)
        for (std::string& file : files_of(folder)) out.push_back(std::move(file));
    return out;
}

void Host::Impl::begin_look() {
    looked_for = std::move(asked_since);
    asked_since.clear();
    std::vector<Wanted> all;
    for (const std::string& file : files()) all.push_back(wanted(file));
    looking = true;
    looker = std::thread([this, all = std::move(all), alive = std::weak_ptr<bool>(alive)] {
        std::vector<Candidate> found;
        for (const Wanted& wanted : all) found.push_back(look(wanted, prober));
        core->to_loop([this, found = std::move(found), alive] {
            if (!alive.expired() && !core->closing()) end_look(found);
        });
        looking = false;
    });
}

void Host::Impl::end_look(const std::vector<Candidate>& found) {
    looker.join();
    looker = std::thread();
    place(found);
    const auto answered = std::move(looked_for);
    looked_for.clear();
    if (!asked_since.empty()) begin_look();
    for (const auto& done : answered)
        if (done) done();
}

void Host::Impl::place(const std::vector<Candidate>& found) {
    std::erase_if(plugins, [&](const PluginInfo& info) {
        const auto stands = [&](const Candidate& candidate) { return candidate.wanted.file == info.file; };
        if (std::any_of(found.begin(), found.end(), stands)) return false;
        if (info.problem.empty()) log::info("plugin {} is gone: {}", info.name, info.file);
        retire(info.file);
        return true;
    });
    for (const Candidate& candidate : found) {
        const auto same = [&](const PluginInfo& info) { return info.file == candidate.wanted.file; };
        const auto known = std::find_if(plugins.begin(), plugins.end(), same);
        if (known == plugins.end())
            load_new(candidate);
        else
            replace(*known, candidate);
    }
    sweep();
}

void Host::Impl::replace(PluginInfo& info, const Candidate& found) {
    const bool serves = info.problem.empty();
    if (serves && found.unchanged) {
        info.newer_problem.clear();
        return;
    }
    PluginInfo next;
    next.file = info.file;
    Loaded loaded;
    std::string problem = try_load(next, found, loaded);
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
