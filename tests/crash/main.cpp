#include <charconv>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "duplicates.hpp"
#include "kills.hpp"
#include "open_runs.hpp"
#include "report.hpp"

namespace {

using namespace tappet::crash;

struct Arguments {
    EngineFiles files;
    std::uint64_t kills = 0, open = 0, duplicates = 0, seed = 1, ready_limit_ms = 2'000;
    bool good = true;
};

bool read_number(const std::string& text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
}

Arguments read(int count, char** words) {
    Arguments out;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = words[i], value = words[i + 1];
        bool known = true;
        if (name == "--tappet")
            out.files.tappet = value;
        else if (name == "--plugins")
            out.files.plugins = value;
        else if (name == "--work")
            out.files.work = value;
        else if (name == "--kills")
            known = read_number(value, out.kills);
        else if (name == "--open")
            known = read_number(value, out.open);
        else if (name == "--duplicates")
            known = read_number(value, out.duplicates);
        else if (name == "--seed")
            known = read_number(value, out.seed);
        else if (name == "--ready-limit")
            known = read_number(value, out.ready_limit_ms);
        else
            known = false;
        out.good = out.good && known;
    }
    out.good = out.good && count % 2 == 1 && !out.files.tappet.empty() && !out.files.plugins.empty() &&
               out.kills + out.open + out.duplicates > 0;
    if (out.files.work.empty()) out.files.work = std::filesystem::temp_directory_path() / "tappet-crash";
    return out;
}

/// A trial in a folder of its own, which stays behind when a promise was broken.
template <class Trial>
bool play(const Arguments& arguments, const std::string& name, const std::string& title, const Trial& trial) {
    EngineFiles files = arguments.files;
    files.work += "/" + name;
    // The frame of the trial's coroutines ends with the loop; nothing of the scene may be gone before.
    const auto scene = std::make_unique<Scene>(files, arguments.seed);
    scene->play(trial(*scene));
    scene->engine.kill();
    const bool good = tell(title, *scene);
    if (good)
        std::filesystem::remove_all(files.work);
    else
        std::printf("the engine's log and data are in %s\n", files.work.c_str());
    return good;
}

}  // namespace

int main(int count, char** words) {
    const Arguments arguments = read(count, words);
    if (!arguments.good) {
        std::fputs(
            "usage: crash --tappet FILE --plugins FOLDER [--kills N] [--open N] [--duplicates N] [--seed N] "
            "[--work FOLDER]\n"
            "             [--ready-limit MS]\n",
            stderr);
        return 2;
    }
    bool good = true;
    const std::string seed = ", seed " + std::to_string(arguments.seed);
    if (arguments.kills > 0)
        good = play(arguments, "kills", std::to_string(arguments.kills) + " kills" + seed,
                    [&](Scene& scene) { return play_kills(scene, static_cast<int>(arguments.kills)); }) &&
               good;
    if (arguments.open > 0)
        good = play(arguments, "open", "a kill with " + std::to_string(arguments.open) + " runs open" + seed,
                    [&](Scene& scene) {
                        return play_open_runs(scene, arguments.open,
                                              static_cast<double>(arguments.ready_limit_ms));
                    }) &&
               good;
    if (arguments.duplicates > 0)
        good = play(arguments, "duplicates",
                    std::to_string(arguments.duplicates) + " events, each delivered " +
                        std::to_string(kDeliveries) + " times" + seed,
                    [&](Scene& scene) { return play_duplicates(scene, arguments.duplicates); }) &&
               good;
    return good ? 0 : 1;
}
