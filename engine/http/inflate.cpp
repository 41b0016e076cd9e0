#include "http/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <new>

namespace tappet::http {
namespace {
constexpr int kGzipWindow = 15 + 16;  // zlib: window bits, plus 16 for a gzip wrapper
constexpr int kZlibWindow = 15;
constexpr int kRawWindow = -15;
constexpr std::size_t kPiece = 16 * 1024;
}  // namespace

struct Inflater::State {
    Coding coding;
    std::uint64_t left;  // output that may still come
    z_stream stream{};
    bool open = false;   // inflateInit has been called
    bool ended = false;  // the current member is over
    bool junk = false;   // past the last member
    std::string start;   // deflate: the first bytes, kept until the wrapper is known

    bool begin(int window) {
        open = inflateInit2(&stream, window) == Z_OK;
        if (!open) throw std::bad_alloc();
        return true;
    }
};

Inflater::Inflater(Coding coding, std::uint64_t cap) : state_(std::make_unique<State>()) {
    state_->coding = coding;
    state_->left = cap;
    if (coding == Coding::gzip) state_->begin(kGzipWindow);
}

Inflater::~Inflater() {
    if (state_->open) inflateEnd(&state_->stream);
}

bool Inflater::complete() const {
    if (state_->ended) return true;
    return state_->start.empty() && (!state_->open || state_->stream.total_in == 0);
}

bool Inflater::overrun() const { return state_->junk; }

Inflater::Status Inflater::feed(std::string_view in, std::string& out) {
    State& s = *state_;
    std::string joined;
    if (!s.open) {
        s.start.append(in);
        if (s.start.size() < 2) return Status::good;
        const auto cmf = static_cast<unsigned char>(s.start[0]);
        const auto flags = static_cast<unsigned char>(s.start[1]);
        s.begin((cmf & 0x0f) == 8 && (cmf * 256u + flags) % 31 == 0 ? kZlibWindow : kRawWindow);
        joined = std::move(s.start);
        s.start.clear();
        in = joined;
    }
    char piece[kPiece];
    while (!in.empty() && !s.junk) {
        if (s.ended) {  // gzip members may follow one another
            s.junk = s.coding != Coding::gzip || in.front() != '\x1f';
            if (s.junk) break;
            inflateReset(&s.stream);
            s.ended = false;
        }
        const auto given = static_cast<uInt>(std::min<std::size_t>(in.size(), 1u << 30));
        s.stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
        s.stream.avail_in = given;
        do {
            s.stream.next_out = reinterpret_cast<Bytef*>(piece);
            s.stream.avail_out = kPiece;
            const int result = inflate(&s.stream, Z_NO_FLUSH);
            if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) return Status::corrupt;
            const std::size_t made = kPiece - s.stream.avail_out;
            if (made > s.left) return Status::too_large;
            s.left -= made;
            out.append(piece, made);
            s.ended = result == Z_STREAM_END;
        } while (!s.ended && s.stream.avail_out == 0);
        in.remove_prefix(given - s.stream.avail_in);
    }
    return Status::good;
}

}  // namespace tappet::http
