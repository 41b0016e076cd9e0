#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/commands/command.hpp"

namespace tappet::app {

/// What commands take that list page by page, newest first.
struct PageOptions {
    std::size_t limit = 20;
    std::string after;  ///< the cursor that an earlier page gave; empty: from the newest
};
/// Declares -n, --limit and --after.
void take_page(CLI::App& command, PageOptions& page);

/// A filter of a list: how the API and the command line call it, and what was given; empty: nothing.
struct Filter {
    std::string parameter;  ///< "filter[flow]"
    std::string flag;       ///< "--flow"
    std::string given;
    std::string sent{};  ///< what the API is sent, where that is another text
};

/// One page as it came.
struct Listed {
    std::vector<Value> items;  ///< each plain()
    Value meta;
    Value next;  ///< the cursor of the next page, or null
};
/// Asks for a page of `path`, such as "/runs". Where that is refused it says so, in the flags' names, and
/// `exit` is what the command ends with.
std::optional<Listed> ask_page(Invocation& call, const std::string& path, const PageOptions& page,
                               std::span<const Filter> filters, Exit& exit);
/// Says how the next page is had, where there is one.
void note_next(const Console& console, const Listed& listed);

/// Ends a command with what a server refused. Refusals of a flag are in the flag's name.
Exit fail(const Console& console, const Refusal& refusal, std::span<const Filter> filters = {});

}  // namespace tappet::app
