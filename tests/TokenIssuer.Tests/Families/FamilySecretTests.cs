using System.Security.Cryptography;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class FamilySecretTests
{
    private static readonly FamilySecret s_secret = FamilySecret.Read([.. Enumerable.Range(1, 16).Select(value => (byte)value)]);

    [Fact]
    public void It_reads_back_what_it_wrote()
    {
        var bytes = new byte[16];
        s_secret.Write(bytes);

        Assert.Equal(Enumerable.Range(1, 16).Select(value => (byte)value), bytes);
        Assert.Equal(s_secret, FamilySecret.Read(bytes));
    }

    [Fact]
    public void The_store_gets_the_first_half_of_its_digest()
    {
        var digest = SHA256.HashData([.. Enumerable.Range(1, 16).Select(value => (byte)value)]);

        Assert.Equal(Identifier128.Read(digest), s_secret.Hash());
    }

    [Fact]
    public void New_secrets_are_all_different()
    {
        var hashes = Enumerable.Range(0, 10_000).Select(_ => FamilySecret.New().Hash());

        Assert.Equal(10_000, hashes.Distinct().Count());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1234567")]
    public void A_short_idempotency_key_counts_as_none(string? key) => Assert.Equal(0UL, s_secret.HashWith(key));

    [Fact]
    public void An_idempotency_key_counts_together_with_the_secret()
    {
        var hash = s_secret.HashWith("12345678");

        Assert.NotEqual(0UL, hash);
        Assert.Equal(hash, s_secret.HashWith("12345678"));
        Assert.NotEqual(hash, s_secret.HashWith("12345679"));
        Assert.NotEqual(hash, FamilySecret.New().HashWith("12345678"));
    }
}
