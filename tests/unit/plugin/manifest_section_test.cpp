#include "plugin/manifest_section.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "plugin/elf.hpp"
#include "plugin/host.hpp"
#include "support/temporary_folder.hpp"

namespace tappet::plugin {
namespace {

std::string bytes_of(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const std::string kPlugin = std::string(TAPPET_CRASH_PLUGINS) + "/crash.so";

TEST(ManifestSection, IsReadAsItWasPut) {
    const auto whole = with_manifest_section(bytes_of(kPlugin), R"({"name":"x"})");
    ASSERT_TRUE(whole) << whole.error().message;
    const auto found = find_manifest_section(*whole);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, R"({"name":"x"})");
}

TEST(ManifestSection, AFileThatGotOneStillLoads) {
    const auto whole = with_manifest_section(bytes_of(kPlugin), "{}");
    ASSERT_TRUE(whole);
    const test::TemporaryFolder folder;
    std::ofstream(folder / "a.so", std::ios::binary) << *whole;
    const auto manifest = probe(folder / "a.so");
    ASSERT_TRUE(manifest) << manifest.error().message;
    EXPECT_EQ(manifest->substr(0, 16), R"({"name": "crash")");
}

TEST(ManifestSection, IsPutOnce) {
    const auto whole = with_manifest_section(bytes_of(kPlugin), "{}");
    ASSERT_TRUE(whole);
    const auto twice = with_manifest_section(*whole, "{}");
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().code, ErrorCode::conflict);
}

TEST(ManifestSection, AFileWithoutOneHasNone) {
    const auto found = find_manifest_section(bytes_of(kPlugin));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_FALSE(*found);
}

TEST(ManifestSection, WhatIsNoLibraryIsTold) {
    EXPECT_EQ(find_manifest_section("#!/bin/sh\n").error().message, "is no shared library");
    EXPECT_EQ(find_manifest_section("").error().message, "is no shared library");
    std::string other = bytes_of(kPlugin);
    other[4] = 1;
    EXPECT_EQ(find_manifest_section(other).error().message,
              "is no shared library for 64 bits, little endian");
    EXPECT_EQ(read_manifest_section("/nowhere/a.so").error().code, ErrorCode::not_found);
}

TEST(ManifestSection, NoBytesMakeItReadBeyondTheFile) {
    const auto whole = with_manifest_section(bytes_of(kPlugin), R"({"name":"x"})");
    ASSERT_TRUE(whole);
    std::mt19937_64 random(1);
    for (int i = 0; i < 3'000; ++i) {
        std::string broken = *whole;
        // The head, and the section headers at the end of the file.
        const std::size_t place = i % 2 ? random() % 64 : broken.size() - 1 - random() % 2048;
        broken[place] = static_cast<char>(random());
        if (i % 7 == 0) broken.resize(random() % broken.size());
        (void)find_manifest_section(broken);
        (void)exported_symbols(broken);
        (void)with_manifest_section(broken, "{}");
    }
}

}  // namespace
}  // namespace tappet::plugin
