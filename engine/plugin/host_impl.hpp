#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "plugin/core.hpp"
#include "plugin/host.hpp"
#include "plugin/http_door.hpp"
#include "plugin/probe.hpp"

namespace tappet::plugin {

struct Host::Impl {
    Impl(boost::asio::io_context& loop, std::unique_ptr<HttpDoor> owned, HttpDoor& http, const Clock& clock,
         StateDoor* state, HostOptions options);
    ~Impl();

    void load_file(const std::string& file);
    std::string try_load(PluginInfo& info);

    std::unique_ptr<HttpDoor> door;  ///< where the host made it
    std::shared_ptr<Core> core;
    Prober prober;
    std::vector<PluginInfo> plugins;
    std::vector<std::shared_ptr<Library>> libraries;
    std::map<std::string, std::shared_ptr<const Action>, std::less<>> actions;
    std::map<std::string, std::shared_ptr<const flow::TriggerSpec>, std::less<>> triggers;
};

}  // namespace tappet::plugin
