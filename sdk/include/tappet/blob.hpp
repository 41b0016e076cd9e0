#pragma once
#include <tappet/service.hpp>
#include <tappet/task.hpp>

namespace tappet::sdk {

class BlobWriter;
class BlobReader;

/// Bytes too large for a value. A blob belongs to the run that wrote it; its id is a text that travels in
/// results, and any step of the run may read it. Failures throw Error::unavailable. No place for secrets.
class Blobs {
public:
    Blobs(Instance& instance, std::uint64_t call) : instance_(&instance), call_(call) {}

    struct Writing;
    struct Reading;
    /// Appends to a blob that this call began, or begins one when id is empty. co_await yields the id; what
    /// was written is durable then.
    Pending<Writing> write(std::string id, std::string bytes) const;
    /// co_await yields at most max bytes from offset, fewer only at the end; nothing for no such blob.
    Pending<Reading> read(std::string id, std::uint64_t offset, std::uint64_t max) const;
    /// In pieces, one after the other.
    BlobWriter writer() const;
    BlobReader reader(std::string id, std::uint64_t piece = 256 << 10) const;
    /// As write and read, for actions that do not declare nonBlocking.
    std::string write_now(std::string_view id, std::string_view bytes) const {
        Fetched fetched;
        function(&tappet_blob_v1::write_now, "write_now")(instance_->host, call_, to_text(id), to_text(bytes),
                                                          Fetched::keep, &fetched);
        return written(fetched);
    }
    std::optional<std::string> read_now(std::string_view id, std::uint64_t offset, std::uint64_t max) const {
        Fetched fetched;
        function(&tappet_blob_v1::read_now, "read_now")(instance_->host, call_, to_text(id), offset, max,
                                                        Fetched::keep, &fetched);
        return fetched.take_from("blob");
    }

private:
    template <class F>
    F function(F tappet_blob_v1::*member, std::string_view name) const {
        return service_function(instance_->blob, member, "blob/1", name);
    }
    static std::string written(Fetched& fetched) {
        std::optional<std::string> id = fetched.take_from("blob");
        if (!id) throw Error::not_found("blob: this call began no such blob");
        return std::move(*id);
    }
    Instance* instance_;
    std::uint64_t call_;
};

struct Blobs::Writing : Fetched {
    Writing(Blobs of, std::string name, std::string what)
        : blobs(of), id(std::move(name)), bytes(std::move(what)) {}
    void start(Writing* self) const {
        Fetched* const to = self;
        blobs.function(&tappet_blob_v1::write, "write")(blobs.instance_->host, blobs.call_, to_text(id),
                                                        to_text(bytes), keep, to);
    }
    std::string take() { return written(*this); }
    Blobs blobs;
    std::string id, bytes;
};

struct Blobs::Reading : Fetched {
    Reading(Blobs of, std::string name, std::uint64_t from, std::uint64_t most)
        : blobs(of), id(std::move(name)), offset(from), max(most) {}
    void start(Reading* self) const {
        Fetched* const to = self;
        blobs.function(&tappet_blob_v1::read, "read")(blobs.instance_->host, blobs.call_, to_text(id), offset,
                                                      max, keep, to);
    }
    std::optional<std::string> take() { return take_from("blob"); }
    Blobs blobs;
    std::string id;
    std::uint64_t offset, max;
};

inline Pending<Blobs::Writing> Blobs::write(std::string id, std::string bytes) const {
    return Pending<Writing>(Writing(*this, std::move(id), std::move(bytes)));
}
inline Pending<Blobs::Reading> Blobs::read(std::string id, std::uint64_t offset, std::uint64_t max) const {
    return Pending<Reading>(Reading(*this, std::move(id), offset, max));
}

/// Writes a blob piece by piece: `co_await writer.write(bytes);`, then id(). Lives until its last write is
/// done.
class BlobWriter {
public:
    explicit BlobWriter(Blobs blobs) : blobs_(blobs) {}
    /// Yields the blob's id; the piece is durable then.
    Task<std::string> write(std::string bytes) {
        id_ = co_await blobs_.write(id_, std::move(bytes));
        co_return id_;
    }
    const std::string& id() const { return id_; }  ///< empty before the first piece

private:
    Blobs blobs_;
    std::string id_;
};

/// Reads a blob piece by piece: `std::optional<std::string> piece = co_await reader.next();` until there is
/// none. Lives until its last read is done.
class BlobReader {
public:
    BlobReader(Blobs blobs, std::string id, std::uint64_t piece)
        : blobs_(blobs), id_(std::move(id)), piece_(piece) {}
    /// Nothing at the end. No such blob is Error::not_found.
    Task<std::optional<std::string>> next() {
        std::optional<std::string> piece = co_await blobs_.read(id_, offset_, piece_);
        if (!piece) throw Error::not_found("this run has no blob " + id_);
        offset_ += piece->size();
        if (piece->empty()) piece.reset();
        co_return std::move(piece);
    }

private:
    Blobs blobs_;
    std::string id_;
    std::uint64_t piece_, offset_ = 0;
};

inline BlobWriter Blobs::writer() const { return BlobWriter(*this); }
inline BlobReader Blobs::reader(std::string id, std::uint64_t piece) const {
    return BlobReader(*this, std::move(id), piece);
}

}  // namespace tappet::sdk
