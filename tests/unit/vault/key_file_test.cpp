#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temporary_folder.hpp"
#include "vault/sealer.hpp"

namespace tappet::vault {
namespace {

class KeyFile : public testing::Test {
protected:
    void SetUp() override { ::unsetenv("TAPPET_VAULT_KEY"); }
    void TearDown() override { ::unsetenv("TAPPET_VAULT_KEY"); }
    void write(const std::string& content, mode_t mode = 0600) const {
        std::ofstream(file, std::ios::binary) << content;
        ::chmod(file.c_str(), mode);
    }
    test::TemporaryFolder folder;
    const std::string file = folder / "vault.key";
};

TEST_F(KeyFile, IsMadeWithARandomKeyThatItsOwnerAloneMayRead) {
    const auto key = load_master_key(file);
    ASSERT_TRUE(key);
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777, 0600u);
    EXPECT_EQ(info.st_size, 32);
    const auto other = load_master_key(folder / "other.key");
    ASSERT_TRUE(other);
    EXPECT_NE(key->bytes(), other->bytes());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 2)
        << "nothing is left beside";
}

TEST_F(KeyFile, GivesTheSameKeyEachTime) {
    const auto first = load_master_key(file), second = load_master_key(file);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->bytes(), second->bytes());
    EXPECT_EQ(first->id(), second->id());
}

TEST_F(KeyFile, ThatOthersMayReadIsRefused) {
    for (const mode_t mode : {0644, 0640, 0604, 0620, 0601}) {
        write(std::string(32, 'k'), mode);
        const auto key = load_master_key(file);
        ASSERT_FALSE(key) << mode;
        EXPECT_EQ(key.error().code, ErrorCode::forbidden);
        EXPECT_NE(key.error().message.find(file), std::string::npos);
    }
}

TEST_F(KeyFile, MayHoldRawBytesHexadecimalDigitsOrBase64) {
    std::array<std::uint8_t, 32> expected{};
    expected.fill('k');
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "6b";
    for (const std::string& content : {std::string(32, 'k'), hex, hex + "\n",
                                       std::string("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=\r\n")}) {
        write(content);
        const auto key = load_master_key(file);
        ASSERT_TRUE(key) << content;
        EXPECT_EQ(key->bytes(), expected);
    }
}

TEST_F(KeyFile, OfAnotherLengthIsRefused) {
    for (const std::string& content :
         {std::string(), std::string(31, 'k'), std::string(33, 'k'), std::string(64, 'z')}) {
        write(content);
        const auto key = load_master_key(file);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code, ErrorCode::invalid);
    }
}

TEST_F(KeyFile, IsNotNeededWhereTheEnvironmentHasTheKey) {
    ::setenv("TAPPET_VAULT_KEY", "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=", 1);
    const auto key = load_master_key(file);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->bytes()[31], 'k');
    EXPECT_FALSE(std::filesystem::exists(file));
    ::setenv("TAPPET_VAULT_KEY", "short", 1);
    EXPECT_EQ(load_master_key(file).error().code, ErrorCode::invalid);
}

TEST_F(KeyFile, InAFolderThatThereIsNotIsAnError) {
    EXPECT_EQ(load_master_key(folder / "no/vault.key").error().code, ErrorCode::unavailable);
}

TEST_F(KeyFile, OfAStoreThatRemembersItsKeyIsThatOne) {
    const auto made = load_key_of("a.db", file, std::nullopt);
    ASSERT_TRUE(made);
    EXPECT_TRUE(load_key_of("a.db", file, made->id()));
    const auto other = load_key_of("a.db", file, made->id() + 1);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::conflict);
    for (const std::string& part :
         {std::string("a.db"), file, key_name(made->id()), key_name(made->id() + 1)})
        EXPECT_NE(other.error().message.find(part), std::string::npos) << other.error().message;
    std::filesystem::remove(file);
    const auto missing = load_key_of("a.db", file, made->id());
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    EXPECT_FALSE(std::filesystem::exists(file)) << "none is made";
    ::setenv("TAPPET_VAULT_KEY", std::string(64, '7').c_str(), 1);
    const auto given = load_key_of("a.db", file, made->id());
    ASSERT_FALSE(given);
    EXPECT_NE(given.error().message.find("TAPPET_VAULT_KEY is the key"), std::string::npos)
        << given.error().message;
}

}  // namespace
}  // namespace tappet::vault
