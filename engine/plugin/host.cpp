#include "plugin/host.hpp"

#include <algorithm>
#include <filesystem>

#include "base/log.hpp"
#include "plugin/child/child.hpp"
#include "plugin/face.hpp"
#include "plugin/host_impl.hpp"
#include "plugin/library.hpp"
#include "plugin/manifest.hpp"

namespace tappet::plugin {
Host::Impl::Impl(boost::asio::io_context& loop, std::unique_ptr<HttpDoor> owned, HttpDoor& http,
                 const Clock& clock, Doors doors, HostOptions options)
    : door(std::move(owned)),
      core(std::make_shared<Core>(loop, http, clock, doors, std::move(options))),
      prober(core->options.child_command, core->options.probe_timeout, core->options.child_limits),
      sweeper(loop) {}

Host::Impl::~Impl() {
    alive.reset();
    if (looker.joinable()) looker.join();
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

Wanted Host::Impl::wanted(const std::string& file) const {
    Wanted out{file, !trusts(file), {}};
    for (const PluginInfo& info : plugins)
        if (info.file == file && info.problem.empty()) out.hash = info.hash;
    return out;
}

void Host::Impl::load_new(const Candidate& found) {
    PluginInfo info;
    info.file = found.wanted.file;
    Loaded loaded;
    info.problem = try_load(info, found, loaded);
    if (info.problem.empty())
        add(std::move(loaded));
    else
        log::error("plugin {} is not loaded: {}", info.file, info.problem);
    plugins.push_back(std::move(info));
}

bool Host::Impl::trusts(const std::string& file) const {
    const auto& known = core->options.trusted;
    const std::string name = std::filesystem::path(file).filename().string();
    return core->options.child_command.empty() || std::find(known.begin(), known.end(), name) != known.end();
}

std::string Host::Impl::try_load(PluginInfo& info, const Candidate& found, Loaded& out) {
    if (!found.image) return found.image.error().message;
    info.hash = (*found.image)->hash();
    info.isolated = found.wanted.isolated;
    return info.isolated ? load_apart(info, found, out) : load_here(info, *found.image, out);
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

std::string Host::Impl::load_apart(PluginInfo& info, const Candidate& found, Loaded& out) {
    if (!found.manifest) return found.manifest.error().message;
    auto manifest = parse_manifest(*found.manifest);
    if (!manifest) return manifest.error().message;
    if (std::string problem = check(*manifest, info); !problem.empty()) return problem;
    child::ChildOptions options;
    options.command = core->options.child_command;
    options.file = info.file;
    options.image = *found.image;
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
    for (const std::string& file : impl_->files()) {
        const Wanted wanted = impl_->wanted(file);
        if (wanted.hash.empty()) impl_->load_new(look(wanted, impl_->prober));
    }
}

void Host::reload(std::function<void()> done) {
    impl_->asked_since.push_back(std::move(done));
    if (!impl_->looker.joinable()) impl_->begin_look();
}

bool Host::looking() const { return impl_->looking; }

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

bool Host::under_way(Ticket ticket) const { return impl_->core->under_way(ticket); }

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
