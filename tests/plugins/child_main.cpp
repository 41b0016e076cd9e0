// The child side of isolated plugins without an engine around it: answers `plugin probe FILE` and `plugin
// host FILE …`.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "plugin/child/serve.hpp"
#include "plugin/host.hpp"

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    const std::string_view what = argv[2];
    if (what == "probe") {
        const auto manifest = tappet::plugin::probe(argv[3]);
        std::fputs(manifest ? manifest->c_str() : manifest.error().message.c_str(),
                   manifest ? stdout : stderr);
        return manifest ? 0 : 1;
    }
    tappet::plugin::child::ServeOptions options;
    options.file = argv[3];
    for (int i = 4; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const std::uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
        if (name == "--memory") options.limits.memory = value;
        if (name == "--files") options.limits.files = value;
        if (name == "--file-size") options.limits.file_size = value;
        if (name == "--frame") options.limits.link.frame = value;
        if (name == "--values") options.limits.link.values = value;
        if (name == "--series") options.limits.series = value;
    }
    return tappet::plugin::child::serve(options);
}
