#pragma once
#include <tappet/view.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// SipHash-2-4 under the key 00 01 … 0f. Values that were kept stay comparable: it never changes.
inline std::uint64_t content_hash(std::string_view data) {
    std::uint64_t v0 = 0x736f6d6570736575 ^ 0x0706050403020100, v1 = 0x646f72616e646f6d ^ 0x0f0e0d0c0b0a0908,
                  v2 = 0x6c7967656e657261 ^ 0x0706050403020100, v3 = 0x7465646279746573 ^ 0x0f0e0d0c0b0a0908;
    const auto rounds = [&](int count) {
        while (count-- > 0) {
            v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
            v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
            v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
            v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
        }
    };
    const auto word = [&](std::size_t at, std::size_t size) {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < size; ++i)
            out |= static_cast<std::uint64_t>(static_cast<unsigned char>(data[at + i])) << (8 * i);
        return out;
    };
    std::size_t at = 0;
    for (; at + 8 <= data.size(); at += 8) {
        const std::uint64_t m = word(at, 8);
        v3 ^= m, rounds(2), v0 ^= m;
    }
    const std::uint64_t last = word(at, data.size() - at) | static_cast<std::uint64_t>(data.size() & 0xff)
                                                                << 56;
    v3 ^= last, rounds(2), v0 ^= last;
    v2 ^= 0xff, rounds(4);
    return v0 ^ v1 ^ v2 ^ v3;
}

/// Appends a value as bytes that are the same for the same content: keys of maps in order, 1 as 1.0.
inline void append_content(std::string& out, View value) {
    const auto sized = [&out](char kind, std::string_view bytes) {
        out += kind + std::to_string(bytes.size()) + ":";
        out += bytes;
    };
    switch (value.kind()) {
        case Kind::string:
            return sized('s', value.string());
        case Kind::bytes:
            return sized('b', value.bytes());
        case Kind::list:
            out += '[';
            for (std::size_t i = 0; i < value.size(); ++i) append_content(out, value.at(i));
            out += ']';
            return;
        case Kind::map: {
            std::vector<std::pair<std::string, View>> entries;
            for (std::size_t i = 0; i < value.size(); ++i) {
                std::string key;
                append_content(key, value.key_at(i));
                entries.emplace_back(std::move(key), value.at(i));
            }
            std::sort(entries.begin(), entries.end(),
                      [](const auto& a, const auto& b) { return a.first < b.first; });
            out += '{';
            for (const auto& [key, item] : entries) {
                out += key;
                append_content(out, item);
            }
            out += '}';
            return;
        }
        default:
            if (value.is_integer())
                sized('i', std::to_string(value.integer()));
            else
                sized('j', value.json());
    }
}

/// The hash of a value's content.
inline std::uint64_t content_hash(View value) {
    std::string bytes;
    append_content(bytes, value);
    return content_hash(std::string_view(bytes));
}

}  // namespace tappet::sdk
