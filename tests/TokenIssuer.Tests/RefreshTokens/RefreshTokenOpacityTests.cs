using System.Buffers.Text;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Tests.RefreshTokens;

/// <summary>To anyone but the issuer a refresh token is random, the key id aside, also beside its own successor.</summary>
public sealed class RefreshTokenOpacityTests : IDisposable
{
    /// <summary>Chi-square with 255 degrees of freedom: a fair byte passes it once in a hundred million runs.</summary>
    private const double Limit = 400;

    private readonly SealFixture _fixture = new();

    [Fact]
    public void Ten_thousand_successors_of_one_family_look_random_byte_by_byte()
    {
        var claims = SealFixture.AnyClaims();
        var tokens = Enumerable.Range(1, 10_000).Select(generation => Seal(claims with { Generation = (uint)generation }));

        AssertLooksRandom([.. tokens.Select(Decode)]);
    }

    [Fact]
    public void Ten_thousand_families_look_random_byte_by_byte()
    {
        var tokens = Enumerable.Range(1, 10_000).Select(_ => Seal(SealFixture.AnyClaims()));

        AssertLooksRandom([.. tokens.Select(Decode)]);
    }

    [Fact]
    public void Neighbouring_successors_differ_in_half_of_their_bits()
    {
        var claims = SealFixture.AnyClaims();
        var tokens = Enumerable.Range(1, 2000).Select(generation => Decode(Seal(claims with { Generation = (uint)generation }))).ToList();

        var flipped = tokens.Zip(tokens.Skip(1), DifferingBits).Average() / ((tokens[0].Length - 1) * 8);

        Assert.InRange(flipped, 0.49, 0.51);
    }

    [Fact]
    public void No_two_tokens_share_a_visible_segment_beyond_the_key_id()
    {
        var family = SealFixture.AnyClaims();
        var user = family.Session.User;
        var successors = Enumerable.Range(1, 100).Select(generation => family with { Generation = (uint)generation });
        var siblings = Enumerable.Range(1, 100).Select(_ => SealFixture.AnyClaims() with { Session = new SessionId(user, FamilyId.New()) });
        var strangers = Enumerable.Range(1, 100).Select(_ => SealFixture.AnyClaims());
        var tokens = successors.Concat(siblings).Concat(strangers).Select(Seal).Distinct().ToList();

        var segments = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in tokens.Select(token => token.Reveal()))
        {
            // The first byte, the key id, reaches into the second character.
            for (var start = 2; start + 8 <= text.Length; start++)
            {
                Assert.True(segments.Add(text.Substring(start, 8)), $"\"{text.Substring(start, 8)}\" stands in two tokens.");
            }
        }

        Assert.Equal(300, tokens.Count);
    }

    [Fact]
    public void Neither_user_nor_family_nor_secret_shows_through()
    {
        var claims = SealFixture.AnyClaims();
        var token = Decode(Seal(claims));
        var secret = new byte[16];
        claims.Secret.Write(secret);

        Assert.Equal(-1, token.AsSpan().IndexOf(Identifier128.ToBytes(claims.Session.User.Value).AsSpan(0, 4)));
        Assert.Equal(-1, token.AsSpan().IndexOf(Identifier128.ToBytes(claims.Session.Family.Value).AsSpan(0, 4)));
        Assert.Equal(-1, token.AsSpan().IndexOf(secret.AsSpan(0, 4)));
    }

    public void Dispose() => _fixture.Dispose();

    private static byte[] Decode(RefreshToken token) => Base64Url.DecodeFromChars(token.Reveal());

    private static int DifferingBits(byte[] one, byte[] other)
        => one.Zip(other, (left, right) => System.Numerics.BitOperations.PopCount((uint)(left ^ right))).Sum();

    private static void AssertLooksRandom(List<byte[]> tokens)
    {
        Assert.Equal(tokens.Count, tokens.Select(Convert.ToHexString).Distinct().Count());
        Assert.All(tokens, token => Assert.Equal(1, token[0]));
        for (var place = 1; place < tokens[0].Length; place++)
        {
            var counts = new double[256];
            foreach (var token in tokens)
            {
                counts[token[place]]++;
            }

            var expected = tokens.Count / 256.0;
            var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
            Assert.True(chiSquare < Limit, $"Byte {place} is not random: chi-square {chiSquare:F0}.");
        }
    }

    private RefreshToken Seal(SealedClaims claims) => _fixture.Seal.Seal(claims, _fixture.Seal.CurrentKeyId);
}
