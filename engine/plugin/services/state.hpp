#pragma once
#include <tappet/abi.h>

#include <functional>
#include <optional>
#include <string>

#include "plugin/host.hpp"

namespace tappet::plugin {

class Core;

/// Durable keys for plugins, over the door that the engine gives. Asynchronous access runs on a worker. Any
/// thread.
class StateService {
public:
    struct Outcome {
        int found = 0;  ///< as tappet_state_done has it
        std::string text;
    };
    /// One access: reads, or writes `value`, where nothing deletes.
    struct Access {
        std::string plugin, key;
        bool write = false;
        std::optional<std::string> value;
    };

    StateService(Core& core, StateDoor* door) : core_(core), door_(door) {}
    Outcome now(std::uint64_t call, const Access& access);
    void later(std::uint64_t call, Access access, tappet_state_done done, void* context);

private:
    Outcome reach(const std::string& tenant, const Access& access);
    Outcome ask_door(const std::string& tenant, const Access& access);

    Core& core_;
    StateDoor* door_;
};

}  // namespace tappet::plugin
