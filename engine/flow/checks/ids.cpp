#include "flow/compiler.hpp"
#include "flow/names.hpp"

namespace tappet::flow {

bool take_id(Compiler& c, const std::string& id, Range at, std::string_view what) {
    if (const std::string why = unfit_id(id); !why.empty()) {
        c.findings.error(at, "unfit-id",
                         "`" + id + "` cannot be the id of " + std::string(what) + ": it " + why);
        return false;
    }
    const auto [known, fresh] = c.ids.emplace(id, at);
    if (fresh) return true;
    Range& first = known->second;
    const bool later = first.begin < at.begin;
    const Range second = later ? at : first;
    if (!later) first = at;  // triggers are read after steps, wherever they stand
    c.findings.error(second, "duplicate-id",
                     "the id `" + id + "` is taken since line " + std::to_string(first.begin.line) +
                         ": ids are unique in a flow");
    return !later;
}

}  // namespace tappet::flow
