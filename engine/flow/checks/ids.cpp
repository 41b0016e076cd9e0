#include "flow/compiler.hpp"
#include "flow/names.hpp"

namespace tappet::flow {

bool take_id(Compiler& c, const std::string& id, Range at, std::string_view what) {
    if (const std::string why = unfit_id(id); !why.empty()) {
        c.findings.error(at, "unfit-id",
                         "`" + id + "` cannot be the id of " + std::string(what) + ": it " + why);
        return false;
    }
    const auto [known, fresh] = c.ids.emplace(id, at.begin);
    if (!fresh)
        c.findings.error(at, "duplicate-id",
                         "the id `" + id + "` is taken since line " + std::to_string(known->second.line) +
                             ": ids are unique in a flow");
    return fresh;
}

}  // namespace tappet::flow
