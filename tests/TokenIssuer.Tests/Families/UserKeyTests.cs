using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class UserKeyTests
{
    [Fact]
    public void It_is_pinned_because_tokens_and_stores_outlive_the_program()
        => Assert.Equal("AHq73BCzMVu6kNF3mkb_-w", UserKey.Of("https://issuer.example", new Subject("alice")).ToString());

    [Fact]
    public void It_tells_users_and_issuers_apart()
    {
        (string Issuer, string Subject)[] all =
        [
            ("https://a", "alice"), ("https://a", "bob"), ("https://a", "Alice"), ("https://a", "alice "),
            ("https://b", "alice"), ("https://aa", "lice"), ("https://", "aalice"), ("https://a", "client:alice"),
        ];

        var keys = all.Select(one => UserKey.Of(one.Issuer, new Subject(one.Subject)));

        Assert.Equal(all.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Its_text_reads_back()
    {
        var key = UserKey.Of("https://issuer.example", new Subject("alice"));

        Assert.Equal(key, UserKey.Parse(key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA A")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA/A")]
    public void Another_text_is_refused(string text)
    {
        Assert.Throws<FormatException>(() => UserKey.Parse(text));
        Assert.Equal(default, UserKey.Parse("AAAAAAAAAAAAAAAAAAAAAA"));
    }
}
