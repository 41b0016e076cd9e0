#include "plugin/candidate.hpp"

#include "plugin/manifest_section.hpp"

namespace tappet::plugin {

Candidate look(const Wanted& wanted, Prober& prober) {
    Candidate found{wanted, false, Image::read(wanted.file), std::string()};
    if (!found.image) return found;
    if ((*found.image)->hash() == wanted.hash) {
        found.unchanged = true;
        found.image = nullptr;
        return found;
    }
    if (!wanted.isolated) return found;
    // What stands in the file needs no process to be asked. A file of another kind is told apart by the
    // process.
    const Image& image = **found.image;
    auto stands = read_manifest_section(image.path());
    found.manifest =
        stands && *stands ? Result<std::string>(std::move(**stands)) : prober.ask(image, wanted.file);
    return found;
}

}  // namespace tappet::plugin
