#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "api/context.hpp"
#include "api/document.hpp"

namespace tappet::api {

inline constexpr std::size_t kMaxPage = 500;

/// The number of a page[size], 1 to kMaxPage; nothing when it is none.
std::optional<std::size_t> read_page_size(std::string_view text);

/// The part of a list that is asked for.
struct PageRequest {
    std::size_t size = kMaxPage;
    std::string after;  ///< cursor that an earlier page gave; empty: from the beginning
};
/// Reads page[size] and page[after]; 400 for anything else in the query.
boost::system::result<PageRequest, http::Response> read_page(const Call& call);
/// What to answer to a parameter of the query that is not among those that `taken` names; nothing when all
/// are.
std::optional<http::Response> refuse_parameters(const Call& call, const std::vector<std::string>& taken);

/// The page behind `cursor` of the list that the call asks for, for `links.next` and `meta.next`.
Page page_behind(const Call& call, const std::string& cursor);

/// The items of a list in which each has its place for good: the cursor is the place of the last one shown.
/// Fails with 400 for a cursor that is no place.
struct Slice {
    std::size_t begin = 0, end = 0;
    Page page;
};
boost::system::result<Slice, http::Response> slice(const Call& call, const PageRequest& page,
                                                   std::size_t count);
/// The same for a list in order of names: the cursor is the last name shown. `name_of(i)` gives the i-th.
template <class NameOf>
Slice slice_by_name(const Call& call, const PageRequest& page, std::size_t count, NameOf name_of) {
    Slice out;
    while (out.begin < count && !page.after.empty() && name_of(out.begin) <= page.after) ++out.begin;
    out.end = std::min(count, out.begin + page.size);
    if (out.end < count) out.page = page_behind(call, name_of(out.end - 1));
    return out;
}

/// The page of `all` that the call asks for, in order of ids; 400 for what else is in its query.
http::Response page_of(const Call& call, std::vector<Resource> all);

}  // namespace tappet::api
