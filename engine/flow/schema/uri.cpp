#include "flow/schema/uri.hpp"

#include <charconv>
#include <vector>

namespace tappet::flow::schema {
namespace {

struct Parts {
    std::string_view scheme, authority, path, query, fragment;  // with their delimiters; empty when absent
};

Parts split(std::string_view text) {
    Parts p;
    auto cut = [&](std::size_t at) {
        std::string_view tail = text.substr(at);
        text = text.substr(0, at);
        return tail;
    };
    if (auto at = text.find('#'); at != text.npos) p.fragment = cut(at);
    if (auto at = text.find('?'); at != text.npos) p.query = cut(at);
    const auto colon = text.find_first_of(":/");
    if (colon != text.npos && text[colon] == ':' && colon > 0) {
        p.scheme = text.substr(0, colon + 1);
        text.remove_prefix(colon + 1);
    }
    if (text.starts_with("//")) {
        const auto end = text.find('/', 2);
        p.authority = text.substr(0, end);
        text.remove_prefix(p.authority.size());
    }
    p.path = text;
    return p;
}

std::string without_dots(std::string_view path) {
    std::vector<std::string_view> kept;
    const bool rooted = path.starts_with('/');
    bool slash = false;  // whether the result ends in one
    while (!path.empty()) {
        if (path.front() == '/') path.remove_prefix(1);
        const auto end = path.find('/');
        const std::string_view segment = path.substr(0, end);
        path = end == path.npos ? std::string_view() : path.substr(end);
        slash = segment == "." || segment == "..";
        if (segment == "..") {
            if (!kept.empty()) kept.pop_back();
        } else if (segment != ".") {
            kept.push_back(segment);
        }
    }
    std::string out = rooted ? "/" : "";
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (i > 0) out += '/';
        out += kept[i];
    }
    if (slash && !kept.empty()) out += '/';
    return out;
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (std::string_view part : parts) out += part;
    return out;
}

}  // namespace

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
    const Parts base = split(base_text), ref = split(reference);
    if (!ref.scheme.empty()) return std::string(reference);
    if (!ref.authority.empty())
        return joined({base.scheme, ref.authority, without_dots(ref.path), ref.query, ref.fragment});
    if (ref.path.empty()) {
        const std::string_view query = ref.query.empty() ? base.query : ref.query;
        return joined({base.scheme, base.authority, base.path, query, ref.fragment});
    }
    std::string path(ref.path);
    if (!path.starts_with('/')) {
        const auto slash = base.path.rfind('/');
        if (slash != base.path.npos) {
            path = std::string(base.path.substr(0, slash + 1)) + path;
        } else if (!base.authority.empty()) {
            path = "/" + path;
        }
    }
    return joined({base.scheme, base.authority, without_dots(path), ref.query, ref.fragment});
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned code = 0;
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto [end, failed] = std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16);
            if (failed == std::errc() && end == text.data() + i + 3) {
                out += static_cast<char>(code);
                i += 2;
                continue;
            }
        }
        out += text[i];
    }
    return out;
}

std::string pointer_token(std::string_view key) {
    std::string out;
    for (char c : key) {
        if (c == '~') {
            out += "~0";
        } else if (c == '/') {
            out += "~1";
        } else {
            out += c;
        }
    }
    return out;
}

}  // namespace tappet::flow::schema
