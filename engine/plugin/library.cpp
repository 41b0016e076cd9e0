#include "plugin/library.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <map>
#include <vector>

#include "plugin/face.hpp"
#include "plugin/host.hpp"

namespace tappet::plugin {

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
    constexpr std::size_t needed = offsetof(tappet_plugin, cancel) + sizeof(plugin->cancel);
    if (plugin->size < needed || !plugin->create || !plugin->destroy || !plugin->call || !plugin->cancel ||
        !plugin->manifest.data)
        return Error::invalid("gives an incomplete tappet_plugin");
    return std::shared_ptr<Library>(new Library(plugin));
}

Result<std::shared_ptr<Library>> Library::open(std::shared_ptr<const Image> image) {
    // The loader knows what it has loaded by its path, so that the number may not be given to another image.
    static auto* const kept = new std::vector<std::shared_ptr<const Image>>;
    // What was refused may be mapped all the same; a build that is tried again is the one that was kept then.
    static auto* const refused = new std::map<std::string, std::shared_ptr<const Image>>;
    const std::string asked = image->path();
    if (const auto before = refused->find(image->hash()); before != refused->end()) image = before->second;
    const std::string path = image->path();
    auto library = open(path);
    if (library) {
        kept->push_back(std::move(image));
        return library;
    }
    std::string why = library.error().message;
    if (why.starts_with(path)) why.replace(0, path.size(), asked);
    refused->try_emplace(image->hash(), image);
    return Error(library.error().code, std::move(why));
}

Library::~Library() { end(); }

bool Library::create(Core& core, std::string name, void (*alter)(Face& face)) {
    face_ = make_face(core, std::move(name));
    if (alter) alter(face_);
    instance_ = plugin_->create(&face_);
    return instance_ != nullptr;
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
