using System.Text;
using TokenIssuer.AspNetCore.Clients;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class ClientCredentialsTests
{
    [Theory]
    [InlineData("api:secret", "api", "secret")]
    [InlineData("api:se:cret", "api", "se:cret")]
    [InlineData(":", "", "")]
    [InlineData("api:sécret", "api", "sécret")]
    public void Basic_credentials_are_split_at_the_first_colon(string pair, string id, string secret)
    {
        var isRead = ClientCredentials.TryReadBasic("Basic " + Encode(pair), out var credentials);

        Assert.True(isRead);
        Assert.Equal((id, secret), (credentials?.ClientId, credentials?.Secret));
    }

    [Theory]
    [InlineData("Bearer YTpi")]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YQ==")]
    [InlineData("Basic /zo=")]
    [InlineData("")]
    public void Anything_else_is_none(string header) => Assert.False(ClientCredentials.TryReadBasic(header, out _));

    [Fact]
    public void Two_headers_are_none()
        => Assert.False(ClientCredentials.TryReadBasic(new([$"Basic {Encode("a:b")}", $"Basic {Encode("a:b")}"]), out _));

    [Fact]
    public void The_form_encoding_of_the_rfc_is_undone()
    {
        ClientCredentials.TryReadBasic("Basic " + Encode("my%2Fapi:a+b%25"), out var credentials);

        Assert.Equal(("my/api", "a b%"), (credentials?.Decoded.ClientId, credentials?.Decoded.Secret));
    }

    [Fact]
    public void The_secret_is_never_printed() => Assert.DoesNotContain("hush", new ClientCredentials("api", "hush").ToString());

    private static string Encode(string pair) => Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
