#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "expr/sealer.hpp"
#include "expr/value.hpp"

namespace tappet {

/// Appends numbers, texts and values in the binary form of docs/JOURNAL.md. Secret values are sealed, bound
/// to `associated` (the run's id); without a sealer they are written as null, never plain.
class BinaryWriter {
public:
    /// How many bytes value() appends, by a bound that is exact but for sealed values; counts no further than
    /// just beyond `limit`.
    static std::size_t size_of(const Value& v, std::size_t limit);

    /// Goes on behind what `begun` holds.
    BinaryWriter(const Sealer* sealer, std::string_view associated, std::string begun = {})
        : out_(std::move(begun)), sealer_(sealer), associated_(associated) {}
    void number(std::uint64_t v);        ///< LEB128
    void signed_number(std::int64_t v);  ///< zigzag, LEB128
    void byte(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
    void text(std::string_view v);  ///< length, bytes
    void value(const Value& v);
    std::string take() { return std::move(out_); }
    std::size_t size() const { return out_.size(); }

private:
    void plain(const Value& v);
    std::string out_;
    const Sealer* sealer_;
    std::string_view associated_;
};

/// Whether it has more than `most` values in it: itself, items of lists, keys and values of maps.
bool holds_more_than(const Value& v, std::size_t most);

/// Reads what BinaryWriter wrote. After the first misfit ok() is false and everything reads as empty: check
/// once at the end.
class BinaryReader {
public:
    /// More values than `most`, counted as holds_more_than() does, are a misfit: one of a byte takes
    /// seventeen once it is read.
    void bound_values(std::size_t most) { values_left_ = most; }
    BinaryReader(std::string_view data, const Sealer* sealer, std::string_view associated)
        : data_(data), sealer_(sealer), associated_(associated) {}
    std::uint64_t number();
    std::int64_t signed_number();
    std::uint8_t byte();
    std::string_view text();  ///< lives as long as the data
    Value value() { return value(0); }
    bool at_end() const { return pos_ == data_.size(); }
    bool ok() const { return ok_; }
    void fail();  ///< what was read can't be: ok() is false from here

private:
    Value value(int depth);
    std::string_view data_;
    std::size_t pos_ = 0;
    std::size_t values_left_ = std::numeric_limits<std::size_t>::max();
    bool ok_ = true;
    const Sealer* sealer_;
    std::string_view associated_;
};

}  // namespace tappet
