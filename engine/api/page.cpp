#include "api/page.hpp"

#include <charconv>

#include "base/encoding.hpp"

namespace tappet::api {
namespace {

std::optional<std::size_t> read_number(std::string_view text) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::optional<std::size_t> read_page_size(std::string_view text) {
    const auto size = read_number(text);
    return size && *size >= 1 && *size <= kMaxPage ? size : std::nullopt;
}

boost::system::result<PageRequest, http::Response> read_page(const Call& call) {
    if (auto refused = refuse_parameters(call, {"page[size]", "page[after]"})) return std::move(*refused);
    PageRequest page;
    if (const auto text = call.parameter("page[size]")) {
        const auto size = read_page_size(*text);
        if (!size)
            return failure(call.request, 400, "invalid-parameter",
                           "page[size] is 1 to " + std::to_string(kMaxPage), "page[size]");
        page.size = *size;
    }
    page.after = call.parameter("page[after]").value_or("");
    return page;
}

std::optional<http::Response> refuse_parameters(const Call& call, const std::vector<std::string>& taken) {
    for (const MapEntry& entry : call.query.entries()) {
        const std::string name(entry.key.as_string());
        const bool known = std::find(taken.begin(), taken.end(), name) != taken.end();
        if (known && entry.value.is(Kind::string)) continue;
        std::string names;
        for (const std::string& one : taken) names += (names.empty() ? "" : " and ") + one;
        return failure(
            call.request, 400, "invalid-parameter",
            names.empty() ? "this address takes no parameters" : "parameters are " + names + ", each once",
            name);
    }
    return std::nullopt;
}

Page page_behind(const Call& call, const std::string& cursor) {
    std::string query;
    for (const MapEntry& entry : call.query.entries())
        if (entry.key.as_string() != "page[after]")
            query += std::string(entry.key.as_string()) + "=" + percent_encode(entry.value.as_string()) + "&";
    return {cursor, std::string(call.request.path()) + "?" + query + "page[after]=" + percent_encode(cursor)};
}

boost::system::result<Slice, http::Response> slice(const Call& call, const PageRequest& page,
                                                   std::size_t count) {
    Slice out;
    if (!page.after.empty()) {
        const auto last = read_number(page.after);
        if (!last)
            return failure(call.request, 400, "invalid-parameter", "page[after] is what meta.next said",
                           "page[after]");
        out.begin = *last < count ? *last + 1 : count;
    }
    out.end = std::min(count, out.begin + page.size);
    if (out.end < count) out.page = page_behind(call, std::to_string(out.end - 1));
    return out;
}

http::Response page_of(const Call& call, std::vector<Resource> all) {
    const auto page = read_page(call);
    if (!page) return page.error();
    std::ranges::sort(all, {}, &Resource::id);
    const Slice part = slice_by_name(call, *page, all.size(), [&](std::size_t i) { return all[i].id; });
    all.resize(part.end);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(part.begin));
    return many(call.request, all, part.page);
}

}  // namespace tappet::api
