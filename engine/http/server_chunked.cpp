#include "http/server_chunked.hpp"

#include <algorithm>

namespace tappet::http::server {
namespace {

constexpr int kMaxDigits = 15;  // 60 bits: sums of sizes never wrap

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

void ChunkedReader::begin(std::uint64_t limit, std::size_t max_overhead) {
    at_ = At::size_start;
    limit_ = limit;
    decoded_ = chunk_ = 0;
    digits_ = 0;
    overhead_left_ = max_overhead;
    refusal_ = Refusal();
}

bool ChunkedReader::refuse(int status, std::string_view detail) {
    refusal_.status = status;
    refusal_.detail = detail;
    return false;
}

ChunkedReader::Status ChunkedReader::read(std::string_view in, std::size_t& used, std::string& body) {
    used = 0;
    while (used < in.size() && at_ != At::done) {
        if (at_ == At::data) {
            const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_, in.size() - used));
            body.append(in.substr(used, piece));
            used += piece;
            chunk_ -= piece;
            if (chunk_ == 0) at_ = At::data_cr;
        } else if (!take(in[used++])) {
            return Status::refused;
        }
    }
    return at_ == At::done ? Status::complete : Status::more;
}

bool ChunkedReader::take(char c) {
    switch (at_) {
        case At::size_start:
        case At::size:
            return take_size(c);
        case At::extension:
            if (c == '\r') {
                at_ = At::size_end;
                return true;
            }
            if (!is_field_byte(c)) return refuse(400, "a chunk extension holds control characters");
            return take_overhead();
        case At::size_end:
            if (c != '\n') return refuse(400, "a chunk size does not end in CR LF");
            decoded_ += chunk_;
            at_ = chunk_ == 0 ? At::trailer_start : At::data;
            return true;
        case At::data_cr:
            at_ = At::data_lf;
            return c == '\r' || refuse(400, "a chunk does not end where its size says");
        case At::data_lf:
            at_ = At::size_start;
            return c == '\n' || refuse(400, "a chunk does not end in CR LF");
        default:
            return take_trailer(c);
    }
}

bool ChunkedReader::take_size(char c) {
    const int digit = hex(c);
    if (at_ == At::size_start) {
        if (digit < 0) return refuse(400, "a chunk does not begin with its size");
        at_ = At::size;
        chunk_ = 0;
        digits_ = 0;
    }
    if (digit >= 0) {
        if (++digits_ > kMaxDigits) return refuse(400, "a chunk size has too many digits");
        chunk_ = chunk_ * 16 + static_cast<std::uint64_t>(digit);
        if (chunk_ > limit_ - decoded_) return refuse(413, "the body is longer than the limit");
        return true;
    }
    if (c == ';') {
        at_ = At::extension;
        return take_overhead();
    }
    at_ = At::size_end;
    return c == '\r' || refuse(400, "a chunk size is not a hexadecimal number");
}

bool ChunkedReader::take_trailer(char c) {
    switch (at_) {
        case At::trailer_start:
            if (c == '\r') {
                at_ = At::last_lf;
                return true;
            }
            at_ = At::trailer_name;
            return is_token(c) ? take_overhead() : refuse(400, "a trailer field has no name");
        case At::trailer_name:
            if (c == ':') at_ = At::trailer_value;
            return c == ':' || is_token(c) ? take_overhead()
                                           : refuse(400, "a trailer field's name is not a token");
        case At::trailer_value:
            if (c == '\r') {
                at_ = At::trailer_lf;
                return true;
            }
            return is_field_byte(c) ? take_overhead()
                                    : refuse(400, "a trailer field holds control characters");
        case At::trailer_lf:
            at_ = At::trailer_start;
            return c == '\n' || refuse(400, "a trailer field does not end in CR LF");
        default:
            at_ = At::done;
            return c == '\n' || refuse(400, "the body does not end in CR LF");
    }
}

bool ChunkedReader::take_overhead() {
    if (overhead_left_ == 0)
        return refuse(431, "chunk extensions and trailer fields are longer than the limit");
    --overhead_left_;
    return true;
}

}  // namespace tappet::http::server
