#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "plugin/candidate.hpp"
#include "plugin/core.hpp"
#include "plugin/host.hpp"
#include "plugin/http_door.hpp"
#include "plugin/image.hpp"
#include "plugin/manifest.hpp"
#include "plugin/probe.hpp"
#include "plugin/provider.hpp"

namespace tappet::plugin {

struct Host::Impl {
    struct Loaded {
        std::string file;
        Manifest manifest;
        std::shared_ptr<Provider> provider;
    };
    Impl(boost::asio::io_context& loop, std::unique_ptr<HttpDoor> owned, HttpDoor& http, const Clock& clock,
         Doors doors, HostOptions options);
    ~Impl();

    Wanted wanted(const std::string& file) const;
    void load_new(const Candidate& found);
    bool trusts(const std::string& file) const;
    /// What these give: why the file is not loaded, or nothing and what was loaded, in use by nobody.
    std::string try_load(PluginInfo& info, const Candidate& found, Loaded& out);
    std::string load_here(PluginInfo& info, const std::shared_ptr<const Image>& image, Loaded& out);
    std::string load_apart(PluginInfo& info, const Candidate& found, Loaded& out);
    /// Takes what a manifest says into `info`; what speaks against loading it, or nothing.
    std::string check(const Manifest& manifest, PluginInfo& info) const;
    void add(Loaded&& loaded);

    std::vector<std::string> files() const;  ///< of plugins, in the folders
    void begin_look();
    void end_look(const std::vector<Candidate>& found);
    void place(const std::vector<Candidate>& found);
    void replace(PluginInfo& info, const Candidate& found);
    /// Takes a file's names away; its provider goes on for who holds it.
    void retire(const std::string& file);
    void sweep();

    std::unique_ptr<HttpDoor> door;  ///< where the host made it
    std::shared_ptr<Core> core;
    Prober prober;       ///< of the looker while it runs
    std::thread looker;  ///< reads the folders for a reload
    std::atomic<bool> looking{false};
    std::vector<std::function<void()>> looked_for;   ///< who waits for what the looker finds
    std::vector<std::function<void()>> asked_since;  ///< who wants one more look
    std::vector<PluginInfo> plugins;
    std::map<std::string, std::shared_ptr<Provider>> providers;  ///< by file
    std::vector<std::shared_ptr<Provider>> retired;              ///< whose file was replaced or is gone
    std::map<std::string, std::shared_ptr<const Action>, std::less<>> actions;
    std::map<std::string, std::shared_ptr<const Trigger>, std::less<>> triggers;
    std::map<std::string, std::shared_ptr<Provider>, std::less<>> apps;  ///< plugins with an address, by name
    boost::asio::steady_timer sweeper;
    bool sweeping = false;
    std::shared_ptr<bool> alive = std::make_shared<bool>(true);
};

}  // namespace tappet::plugin
