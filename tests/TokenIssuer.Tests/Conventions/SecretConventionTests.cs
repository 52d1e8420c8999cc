using System.Text.Json;
using TokenIssuer.ApiTokens;
using TokenIssuer.AspNetCore.Endpoints;
using TokenIssuer.Families;
using TokenIssuer.Identity.SecondFactors;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Users;

namespace TokenIssuer.Tests.Conventions;

/// <summary>A secret that can't print itself can't reach a log.</summary>
public sealed class SecretConventionTests
{
    private const string Secret = "a-secret-that-nobody-may-read";

    public static TheoryData<object, string> Secrets { get; } = Make();

    [Theory]
    [MemberData(nameof(Secrets), DisableDiscoveryEnumeration = true)]
    public void It_prints_as_a_mask(object holder, string secret)
    {
        Assert.DoesNotContain(secret, holder.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, $"{holder}", StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_serialize_without_their_text()
    {
        var apiToken = ApiToken.New(new UserKey(1));

        Assert.DoesNotContain(Secret, JsonSerializer.Serialize(new RefreshToken(Secret)), StringComparison.Ordinal);
        Assert.DoesNotContain(apiToken.Reveal(), JsonSerializer.Serialize(apiToken), StringComparison.Ordinal);
        Assert.Equal(Secret, new RefreshToken(Secret).Reveal());
    }

    private static TheoryData<object, string> Make()
    {
        using var folder = new TemporaryFolder();
        var master = new byte[RefreshKey.Size];
        Array.Fill(master, (byte)7);
        var familySecret = FamilySecret.Read(master.AsSpan(0, 16));
        var apiToken = ApiToken.New(new UserKey(1));
        var pem = SigningKey.Generate();
        var file = Path.Combine(folder.FullPath, "signing-1.pem");
        File.WriteAllText(file, pem);
        return new TheoryData<object, string>
        {
            { new RefreshToken(Secret), Secret },
            { apiToken, apiToken.Reveal() },
            { new Credentials("alice", Secret, "123456"), Secret },
            { new TotpSecret(Secret), Secret },
            { new TotpBody(Secret, Secret), Secret },
            { new TotpOrder(Secret, Secret), Secret },
            { new PendingKey(Secret, 1, default), Secret },
            { new OAuthClient { ClientId = "api", Secret = Secret }, Secret },
            { familySecret, new UInt128(0x0707070707070707, 0x0707070707070707).ToString() },
            { new RefreshKey(1, master), Convert.ToBase64String(master) },
            { SigningKey.Read(new KeyFile(file, 1, DateTimeOffset.UnixEpoch)), pem.Split('\n')[1] },
            { new SealedClaims(default, 1, familySecret), new UInt128(0x0707070707070707, 0x0707070707070707).ToString() },
        };
    }
}
