// The one translation unit that compiles the header-only parts of Boost which offer separate compilation.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
