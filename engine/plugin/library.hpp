#pragma once
#include <tappet/abi.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "plugin/image.hpp"
#include "plugin/provider.hpp"

namespace tappet::plugin {

class Core;

/// The engine as one plugin sees it: what its functions are handed first.
struct Face : tappet_host {
    Core* core = nullptr;
    std::string plugin;  ///< its name
};

/// One plugin file in this process; the only dlopen. Stays mapped until the process ends: threads and static
/// objects of a plugin may outlive any moment we could choose. Loop thread.
class Library final : public Provider {
public:
    /// Loads the file and asks its entry. The error says what is wrong with it. A path is loaded once: to
    /// load what has taken its place, it has to be another path.
    static Result<std::shared_ptr<Library>> open(const std::string& file);
    /// Loads what was read, which is kept until the process ends. A build that was loaded and never ran
    /// is not loaded again.
    static Result<std::shared_ptr<Library>> open(std::shared_ptr<const Image> image);
    ~Library() override;
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    std::string_view manifest() const { return {plugin_->manifest.data, plugin_->manifest.size}; }
    /// Starts the plugin; false when it cannot. `alter` changes what it is given, for checks of what plugins
    /// make of it.
    bool create(Core& core, std::string name, void (*alter)(Face& face) = nullptr);
    void end() override;

    void call(const tappet_call_info& info) override { plugin_->call(instance_, &info); }
    void cancel(std::uint64_t call) override { plugin_->cancel(instance_, call); }
    bool returns_at_once() const override { return false; }
    const Face& face() const { return face_; }
    const tappet_plugin* table() const { return plugin_; }

private:
    explicit Library(const tappet_plugin* plugin, std::shared_ptr<const Image> image = nullptr)
        : plugin_(plugin), image_(std::move(image)) {}
    const tappet_plugin* plugin_;
    const std::shared_ptr<const Image> image_;  ///< what it was loaded from, where it was read before
    bool ran_ = false;
    Face face_{};
    void* instance_ = nullptr;
};

}  // namespace tappet::plugin
