#pragma once
#include <boost/system/result.hpp>

#include "base/error.hpp"

namespace tappet {

/// Thrown when value() is asked of a Result that holds an Error: a fault of ours, not an outcome of input.
struct BadResultAccess : std::exception {
    explicit BadResultAccess(Error e) : error(std::move(e)) {}
    const char* what() const noexcept override { return error.message.c_str(); }
    Error error;
};

[[noreturn]] inline void throw_exception_from_error(const Error& e, const boost::source_location&) {
    throw BadResultAccess(e);
}

/// A value, or the Error that explains why there is none. Expected outcomes only; faults throw.
template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace tappet
