# Every library from outside, found once, behind a target of ours. Versions: Debian 12 and 13.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
if(TAPPET_TESTS)
    find_package(GTest REQUIRED)
endif()
if(TAPPET_BENCH)
    find_package(benchmark REQUIRED)
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)

# Asio and Beast are compiled once, here, instead of in every file that includes them.
add_library(tappet_third_party STATIC ${PROJECT_SOURCE_DIR}/cmake/third_party.cpp)
add_library(tappet::third_party ALIAS tappet_third_party)
target_compile_definitions(tappet_third_party PUBLIC
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_DISABLE_BOOST_COROUTINE BOOST_ALL_NO_LIB)
target_link_libraries(tappet_third_party PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
target_link_libraries(tappet_third_party PRIVATE tappet::compiler)
target_compile_options(tappet_third_party PRIVATE -w)
