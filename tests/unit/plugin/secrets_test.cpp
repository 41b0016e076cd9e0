#include "plugin/secrets.hpp"

#include <gtest/gtest.h>

namespace tappet::plugin {
namespace {

Value with_secret(std::string_view secret) {
    return Value::object({{"key", Value::string(secret).as_secret()}, {"open", Value::string("plain")}});
}

TEST(KnownSecrets, RedactsEverySecretOfTheInputInATextAndNothingElse) {
    const KnownSecrets secrets(with_secret("s3cr3t"));
    EXPECT_EQ(secrets.redact("s3cr3t and s3cr3t, plain"), "•••• and ••••, plain");
}

TEST(KnownSecrets, RedactsThePercentEncodedFormToo) {
    const KnownSecrets secrets(with_secret("a/b?c"));
    EXPECT_EQ(secrets.redact("http://x/a%2Fb%3Fc"), "http://x/••••");
}

TEST(KnownSecrets, FindsTextsInsideASecretMap) {
    const KnownSecrets secrets(
        Value::object({{"pair", Value::object({{"user", Value::string("alice")}}).as_secret()}}));
    EXPECT_EQ(secrets.redact("alice"), "••••");
}

TEST(KnownSecrets, MarksResultsThatRepeatASecret) {
    const KnownSecrets secrets(with_secret("s3cr3t"));
    const Value result = Value::object(
        {{"echo", Value::string("got s3cr3t")}, {"other", Value::list({Value::string("plain")})}});
    const Value marked = secrets.mark(result);
    EXPECT_TRUE(marked.find("echo")->secret());
    EXPECT_FALSE(marked.find("other")->holds_secret());
}

TEST(KnownSecrets, IsEmptyForAnInputWithoutSecrets) {
    EXPECT_TRUE(KnownSecrets(Value::object({{"a", Value::string("plain")}})).empty());
}

}  // namespace
}  // namespace tappet::plugin
