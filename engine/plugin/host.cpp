#include "plugin/host.hpp"

#include <algorithm>
#include <filesystem>

#include "base/log.hpp"
#include "plugin/child/child.hpp"
#include "plugin/face.hpp"
#include "plugin/host_impl.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"
#include "plugin/manifest_section.hpp"

namespace tappet::plugin {
namespace {

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

std::vector<std::string> files_of(const std::vector<std::string>& folders) {
    std::vector<std::string> out;
    for (const std::string& folder : folders)
        for (std::string& file : files_of(folder)) out.push_back(std::move(file));
    return out;
}

}  // namespace

Host::Impl::Impl(boost::asio::io_context& loop, std::unique_ptr<HttpDoor> owned, HttpDoor& http,
                 const Clock& clock, Doors doors, HostOptions options)
    : door(std::move(owned)),
      core(std::make_shared<Core>(loop, http, clock, doors, std::move(options))),
      prober(core->options.child_command, core->options.probe_timeout, core->options.child_limits),
      sweeper(loop) {}

Host::Impl::~Impl() {
    const bool at_rest = core->close();
    for (auto& [file, provider] : providers) retired.push_back(std::move(provider));
    for (const auto& provider : retired)
        if (at_rest || provider->returns_at_once()) provider->end();
    if (at_rest) return;
    // A plugin still runs with what we gave it: that has to stay until the process ends.
    log::error("plugins: a call did not stop; its plugin is left as it is");
    static std::vector<std::shared_ptr<void>>* left = new std::vector<std::shared_ptr<void>>;
    left->push_back(core);
    left->push_back(std::shared_ptr<HttpDoor>(std::move(door)));
    for (auto& provider : retired) left->push_back(std::move(provider));
}

void Host::Impl::load_file(const std::string& file) {
    const auto same = [&](const PluginInfo& info) { return info.file == file && info.problem.empty(); };
    if (std::any_of(plugins.begin(), plugins.end(), same)) return;
    PluginInfo info;
    info.file = file;
    const auto image = Image::read(file);
    Loaded loaded;
    info.problem = image ? try_load(info, *image, loaded) : image.error().message;
    if (info.problem.empty())
        add(std::move(loaded));
    else
        log::error("plugin {} is not loaded: {}", file, info.problem);
    plugins.push_back(std::move(info));
}

bool Host::Impl::trusts(const std::string& file) const {
    const auto& known = core->options.trusted;
    const std::string name = std::filesystem::path(file).filename().string();
    return core->options.child_command.empty() || std::find(known.begin(), known.end(), name) != known.end();
}

std::string Host::Impl::try_load(PluginInfo& info, const std::shared_ptr<const Image>& image, Loaded& out) {
    info.hash = image->hash();
    info.isolated = !trusts(info.file);
    return info.isolated ? load_apart(info, image, out) : load_here(info, image, out);
}

std::string Host::Impl::load_here(PluginInfo& info, const std::shared_ptr<const Image>& image, Loaded& out) {
    auto library = Library::open(image);
    if (!library) {
        std::string problem = library.error().message;
        if (problem.starts_with(image->path())) problem.replace(0, image->path().size(), info.file);
        return problem;
    }
    auto manifest = parse_manifest((*library)->manifest());
    if (!manifest) return manifest.error().message;
    if (std::string problem = check(*manifest, info); !problem.empty()) return problem;
    (*library)->set_identity({info.name, info.file, info.hash});
    if (!(*library)->create(*core, info.name)) return "says that it cannot start";
    out = {info.file, std::move(*manifest), *library};
    return {};
}

std::string Host::Impl::load_apart(PluginInfo& info, const std::shared_ptr<const Image>& image, Loaded& out) {
    // What stands in the file needs no process to be asked. A file of another kind is told apart by the
    // process.
    const auto stands = read_manifest_section(image->path());
    const auto told = stands && *stands ? Result<std::string>(**stands) : prober.ask(info.file);
    if (!told) return told.error().message;
    auto manifest = parse_manifest(*told);
    if (!manifest) return manifest.error().message;
    if (std::string problem = check(*manifest, info); !problem.empty()) return problem;
    child::ChildOptions options;
    options.command = core->options.child_command;
    options.file = info.file;
    options.image = image;
    options.name = info.name;
    options.limits = core->options.child_limits;
    options.limits.series = core->options.max_series;
    auto apart = std::make_shared<child::Child>(*core, std::move(options));
    apart->set_identity({info.name, info.file, info.hash});
    out = {info.file, std::move(*manifest), std::move(apart)};
    return {};
}

std::string Host::Impl::check(const Manifest& manifest, PluginInfo& info) const {
    info.name = manifest.name;
    info.version = manifest.version;
    info.manifest = manifest.json;
    for (const PluginInfo& other : plugins)
        if (other.name == info.name && other.problem.empty() && other.file != info.file)
            return "the plugin \"" + info.name + "\" is loaded already, from " + other.file;
    for (const std::string& need : manifest.needs)
        if (!has_service(need)) return "needs the service \"" + need + "\", which this engine does not have";
    return {};
}

void Host::Impl::add(Loaded&& loaded) {
    for (auto& action : loaded.manifest.actions) {
        action->provider = loaded.provider;
        actions.emplace(action->name, std::move(action));
    }
    for (auto& trigger : loaded.manifest.triggers) {
        trigger->provider = loaded.provider;
        triggers.emplace(trigger->name, std::move(trigger));
    }
    if (loaded.manifest.app) apps.emplace(loaded.manifest.name, loaded.provider);
    providers.emplace(loaded.file, std::move(loaded.provider));
}

Host::Host(boost::asio::io_context& loop, HttpDoor& http, const Clock& clock, Doors doors,
           HostOptions options)
    : impl_(std::make_unique<Impl>(loop, nullptr, http, clock, doors, std::move(options))) {}

Host::~Host() = default;

bool Host::close() { return impl_->core->close(); }

void Host::load() {
    for (const std::string& file : files_of(impl_->core->options.folders)) impl_->load_file(file);
}

void Host::reload() { impl_->reload(files_of(impl_->core->options.folders)); }

const std::vector<PluginInfo>& Host::plugins() const { return impl_->plugins; }

const PluginMetrics& Host::metrics() const { return impl_->core->metrics; }

Caller::Ticket Host::call(const flow::ActionSpec& spec, Value input, CallContext context, Done done) {
    const auto* action = dynamic_cast<const Action*>(&spec);
    if (!action || !action->provider) return missing("the action \"" + spec.name + "\"", std::move(done));
    const Target target{action->provider, TAPPET_CALL_ACTION, static_cast<std::uint32_t>(action->index),
                        action->non_blocking};
    return impl_->core->start(target, std::move(input), std::move(context), std::move(done));
}

Caller::Ticket Host::hook(const flow::TriggerSpec& spec, Value request, CallContext context, Done done) {
    return ask(spec, TAPPET_CALL_HOOK, std::move(request), std::move(context), std::move(done));
}

Caller::Ticket Host::poll(const flow::TriggerSpec& spec, Value input, CallContext context, Done done) {
    return ask(spec, TAPPET_CALL_POLL, std::move(input), std::move(context), std::move(done));
}

Caller::Ticket Host::ask(const flow::TriggerSpec& spec, std::uint32_t kind, Value input, CallContext context,
                         Done done) {
    const auto* trigger = dynamic_cast<const Trigger*>(&spec);
    if (!trigger || !trigger->provider) return missing("the trigger \"" + spec.name + "\"", std::move(done));
    const Target target{trigger->provider, kind, static_cast<std::uint32_t>(trigger->index)};
    return impl_->core->start(target, std::move(input), std::move(context), std::move(done));
}

Caller::Ticket Host::app_hook(std::string_view plugin, Value request, CallContext context, Done done) {
    const auto found = impl_->apps.find(plugin);
    if (found == impl_->apps.end())
        return missing("the address of \"" + std::string(plugin) + "\"", std::move(done));
    const Target target{found->second, TAPPET_CALL_HOOK, TAPPET_APP};
    return impl_->core->start(target, std::move(request), std::move(context), std::move(done));
}

Caller::Ticket Host::missing(std::string what, Done done) {
    CallError error;
    error.error.error_class = flow::ErrorClass::not_found;
    error.error.code = "plugin.missing";
    error.error.message = std::move(what) + " belongs to no loaded plugin";
    impl_->core->to_loop([done = std::move(done), error = std::move(error)] { done(error); });
    return 0;
}

void Host::cancel(Ticket ticket) { impl_->core->cancel(ticket); }

std::shared_ptr<const flow::ActionSpec> Host::action(std::string_view name) const {
    const auto found = impl_->actions.find(name);
    return found == impl_->actions.end() ? nullptr : found->second;
}

std::shared_ptr<const flow::TriggerSpec> Host::trigger(std::string_view name) const {
    const auto found = impl_->triggers.find(name);
    return found == impl_->triggers.end() ? nullptr : found->second;
}

std::vector<std::string> Host::action_names() const {
    std::vector<std::string> out;
    for (const auto& [name, action] : impl_->actions) out.push_back(name);
    return out;
}

std::vector<std::string> Host::trigger_names() const {
    std::vector<std::string> out;
    for (const auto& [name, trigger] : impl_->triggers) out.push_back(name);
    return out;
}

}  // namespace tappet::plugin
