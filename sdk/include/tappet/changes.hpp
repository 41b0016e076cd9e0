#pragma once
#include <tappet/content_hash.hpp>
#include <tappet/trigger.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tappet::sdk {

/// What changed in a list that a source gives whole each time, without times of change: remembers a hash of
/// each record's content in the poll's cursor, so that each change is told exactly once. For one poll; one
/// thread.
///
///     Changes changes(input);
///     for (const Document& record : records)
///         if (changes.see(record.view()["id"].string(), record.view())) out.event("", record);
///     for (const std::string& key : changes.removed()) out.event("", Json::object({{"gone", key}}));
///     changes.finish(out);
///
/// Leave the events' ids empty: a record that changes back would be the same event again. Show it whole
/// lists only; throw where the source gave a part, or what is missing counts as removed.
class Changes {
public:
    /// What the first poll makes of the records that are there already.
    enum class First {
        told,   ///< they are new
        noted,  ///< they are remembered and not told
    };
    /// What a record is since the last poll.
    enum class Change {
        none,
        added,
        changed,
        later,  ///< added or changed, and this poll is full: the next one, which comes at once, tells it
    };
    static constexpr std::size_t kMostBytes = (1u << 20) - 64;  ///< of keys and hashes: what a cursor holds

    /// Throws Error::validation for a cursor that is not of finish().
    explicit Changes(const PollInput& input, First first = First::told)
        : room_(static_cast<std::size_t>(input.limit())), noted_(first == First::noted) {
        const View cursor = input.cursor();
        if (cursor.is_null()) return;
        noted_ = false;
        if (!cursor.is(Kind::bytes) || !read(cursor.bytes()))
            throw Error::validation(
                "the cursor is none of changes of content; `tappet poll reset` lets the poll begin anew");
    }

    /// Takes up a record; whether it is to be told now. `key` names it for good; one that is listed twice
    /// counts as it comes first. The order of its fields is no change.
    bool see(std::string_view key, View record) { return is_told(change(key, record)); }
    /// The same with what counts as its content: for records with fields that always change.
    bool see(std::string_view key, std::string_view content) { return is_told(change(key, content)); }
    Change change(std::string_view key, View record) { return note(key, content_hash(record)); }
    Change change(std::string_view key, std::string_view content) { return note(key, content_hash(content)); }

    /// The keys of records that were there the last time and were not seen, in order, as many as there is
    /// room for; once, after all have been seen. Without it they are forgotten untold.
    std::vector<std::string> removed() {
        std::vector<std::string> out;
        for (const auto& [key, hash] : before_) {
            if (seen_.contains(key)) continue;
            if (take_room())
                out.push_back(key);
            else
                after_.emplace(key, hash);
        }
        return out;
    }

    /// Sets the cursor, and `more` where something is told later. Throws Error::validation where the records
    /// are too many for a cursor.
    void finish(PollResult& out) const {
        std::string bytes(1, kVersion);
        for (const auto& [key, hash] : after_) {
            put_size(bytes, key.size());
            bytes += key;
            for (int i = 0; i < 8; ++i) bytes += static_cast<char>(hash >> (8 * i));
        }
        if (bytes.size() > kMostBytes)
            throw Error::validation("the keys and hashes of " + std::to_string(after_.size()) +
                                    " records take " + std::to_string(bytes.size()) +
                                    " bytes, a cursor holds " + std::to_string(kMostBytes) +
                                    ": let the source list fewer, or give them shorter keys");
        out.cursor(Json::bytes(std::move(bytes)));
        if (more_) out.more();
    }

private:
    static constexpr char kVersion = 1;

    static bool is_told(Change change) { return change == Change::added || change == Change::changed; }
    bool take_room() {
        if (room_ == 0) return more_ = true, false;
        --room_;
        return true;
    }
    Change note(std::string_view key, std::uint64_t hash) {
        std::string name(key);
        if (!seen_.insert(name).second) return Change::none;
        const auto known = before_.find(name);
        const bool same = known != before_.end() && known->second == hash;
        if (same || noted_) {
            after_.emplace(std::move(name), hash);
            return Change::none;
        }
        if (!take_room()) {
            if (known != before_.end()) after_.emplace(std::move(name), known->second);
            return Change::later;
        }
        after_.emplace(std::move(name), hash);
        return known == before_.end() ? Change::added : Change::changed;
    }

    static void put_size(std::string& out, std::size_t size) {
        for (; size >= 0x80; size >>= 7) out += static_cast<char>(size | 0x80);
        out += static_cast<char>(size);
    }
    bool read(std::string_view bytes) {
        if (bytes.empty() || bytes.front() != kVersion) return false;
        std::size_t at = 1;
        while (at < bytes.size()) {
            std::size_t size = 0;
            for (int shift = 0;; shift += 7) {
                if (at == bytes.size() || shift > 28) return false;
                const auto byte = static_cast<unsigned char>(bytes[at++]);
                size |= static_cast<std::size_t>(byte & 0x7f) << shift;
                if (byte < 0x80) break;
            }
            if (size > bytes.size() - at || bytes.size() - at - size < 8) return false;
            std::uint64_t hash = 0;
            for (std::size_t i = 0; i < 8; ++i)
                hash |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + size + i]))
                        << (8 * i);
            before_.emplace(std::string(bytes.substr(at, size)), hash);
            at += size + 8;
        }
        return true;
    }

    std::map<std::string, std::uint64_t> before_, after_;
    std::set<std::string> seen_;
    std::size_t room_;
    bool noted_;
    bool more_ = false;
};

}  // namespace tappet::sdk
