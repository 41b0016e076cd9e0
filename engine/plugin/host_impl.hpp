#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugin/core.hpp"
#include "plugin/host.hpp"
#include "plugin/http_door.hpp"
#include "plugin/manifest.hpp"
#include "plugin/probe.hpp"
#include "plugin/provider.hpp"

namespace tappet::plugin {

class Library;
namespace child {
class Child;
}

struct Host::Impl {
    Impl(boost::asio::io_context& loop, std::unique_ptr<HttpDoor> owned, HttpDoor& http, const Clock& clock,
         Doors doors, HostOptions options);
    ~Impl();

    void load_file(const std::string& file);
    std::string try_load(PluginInfo& info);
    bool trusts(const std::string& file) const;
    std::string load_here(PluginInfo& info);
    std::string load_apart(PluginInfo& info);
    /// Takes what a manifest says into `info`; what speaks against loading it, or nothing.
    std::string check(const Manifest& manifest, PluginInfo& info) const;
    void add(Manifest&& manifest, const std::shared_ptr<Provider>& provider);

    std::unique_ptr<HttpDoor> door;  ///< where the host made it
    std::shared_ptr<Core> core;
    Prober prober;
    std::vector<PluginInfo> plugins;
    std::vector<std::shared_ptr<Library>> libraries;
    std::vector<std::shared_ptr<child::Child>> children;
    std::map<std::string, std::shared_ptr<const Action>, std::less<>> actions;
    std::map<std::string, std::shared_ptr<const Trigger>, std::less<>> triggers;
    std::map<std::string, std::shared_ptr<Provider>, std::less<>> apps;  ///< plugins with an address, by name
};

}  // namespace tappet::plugin
