#include "plugin/library.hpp"

#include <dlfcn.h>
#include <link.h>

#include <cstddef>
#include <map>
#include <vector>

#include "plugin/face.hpp"
#include "plugin/host.hpp"

namespace tappet::plugin {
namespace {

/// The file that an address is part of, where that is not the library of `handle`; empty for memory that no
/// file is mapped to. Files are told apart by what the loader keeps of each: several have a path of memory.
std::string lies_in_another(void* handle, const void* address) {
    link_map* own = nullptr;
    link_map* found = nullptr;
    Dl_info info{};
    if (dlinfo(handle, RTLD_DI_LINKMAP, &own) != 0) return {};
    if (dladdr1(address, &info, reinterpret_cast<void**>(&found), RTLD_DL_LINKMAP) == 0 || found == own)
        return {};
    return info.dli_fname && *info.dli_fname ? info.dli_fname : "the engine";
}

}  // namespace

Result<std::shared_ptr<Library>> Library::open(const std::string& file) {
    // A name without a slash would be searched for among the system's libraries.
    const std::string path = file.find('/') == std::string::npos ? "./" + file : file;
    void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char* why = dlerror();
        return Error::invalid(why ? why : "cannot be loaded");
    }
    const auto entry = reinterpret_cast<tappet_plugin_v1_entry>(dlsym(handle, TAPPET_PLUGIN_ENTRY));
    if (!entry) return Error::invalid("is no plugin of this engine: it does not export " TAPPET_PLUGIN_ENTRY);
    const tappet_plugin* plugin = entry();
    if (!plugin) return Error::invalid("says that it cannot run here");
    if (const std::string other = lies_in_another(handle, plugin); !other.empty())
        return Error::invalid("gives a tappet_plugin that lies in another file (" + other +
                              "): hide all its symbols but " TAPPET_PLUGIN_ENTRY
                              " (-fvisibility=hidden, and -fno-gnu-unique with GCC)");
    constexpr std::size_t needed = offsetof(tappet_plugin, cancel) + sizeof(plugin->cancel);
    if (plugin->size < needed || !plugin->create || !plugin->destroy || !plugin->call || !plugin->cancel ||
        !plugin->manifest.data)
        return Error::invalid("gives an incomplete tappet_plugin");
    return std::shared_ptr<Library>(new Library(plugin));
}

namespace {

/// A build that was tried here and does not run: refused by the loader, which may have mapped it all the
/// same, by who has read its manifest, or by itself.
struct Idle {
    std::shared_ptr<const Image> image;
    const tappet_plugin* plugin = nullptr;  ///< null: the loader refused it
};

/// By hash. Nothing is ever unmapped, so that a build is loaded once, however often it is tried.
std::map<std::string, Idle>& idle_builds() {
    static auto* const builds = new std::map<std::string, Idle>;
    return *builds;
}

}  // namespace

Result<std::shared_ptr<Library>> Library::open(std::shared_ptr<const Image> image) {
    const std::string asked = image->path();
    const auto idle = idle_builds().try_emplace(image->hash(), Idle{image}).first;
    image = idle->second.image;
    const std::string path = image->path();
    const tappet_plugin* plugin = idle->second.plugin;
    if (!plugin) {
        const auto library = open(path);
        if (!library) {
            std::string why = library.error().message;
            if (why.starts_with(path)) why.replace(0, path.size(), asked);
            return Error(library.error().code, std::move(why));
        }
        plugin = (*library)->plugin_;
    }
    idle_builds().erase(idle);
    return std::shared_ptr<Library>(new Library(plugin, std::move(image)));
}

Library::~Library() {
    end();
    if (!image_) return;
    // The loader knows what it has loaded by its path: the number of the image may not be given to another.
    static auto* const kept = new std::vector<std::shared_ptr<const Image>>;
    if (ran_ || !idle_builds().try_emplace(image_->hash(), Idle{image_, plugin_}).second)
        kept->push_back(image_);
}

bool Library::create(Core& core, std::string name, void (*alter)(Face& face)) {
    face_ = make_face(core, std::move(name));
    if (alter) alter(face_);
    instance_ = plugin_->create(&face_);
    ran_ = instance_ != nullptr;
    return ran_;
}

void Library::end() {
    if (instance_) plugin_->destroy(instance_);
    instance_ = nullptr;
}

Result<std::string> probe(const std::string& file) {
    auto library = Library::open(file);
    if (!library) return library.error();
    return std::string((*library)->manifest());
}

}  // namespace tappet::plugin
