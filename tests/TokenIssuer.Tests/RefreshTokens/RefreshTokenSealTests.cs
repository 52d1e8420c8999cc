using System.Buffers.Text;
using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Tests.RefreshTokens;

public sealed class RefreshTokenSealTests : IDisposable
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly Arbitrary<SealedClaims> s_claims =
        (from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(48)
         from generation in Gen.OneOf(Gen.Elements(0u, 1u, uint.MaxValue), Gen.Choose(1, int.MaxValue).Select(value => (uint)value))
         select new SealedClaims(
             new SessionId(new UserKey(Identifier128.Read(bytes)), new FamilyId(Identifier128.Read(bytes.AsSpan(16)))),
             generation,
             FamilySecret.Read(bytes.AsSpan(32)))).ToArbitrary();

    private readonly SealFixture _fixture = new();

    [Fact]
    public void Whatever_is_sealed_opens_again()
        => Prop.ForAll(s_claims, claims => _fixture.Seal.TryUnseal(Seal(claims), out var opened) && opened == claims)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Fact]
    public void The_text_is_what_the_contract_promises()
        => Prop.ForAll(s_claims, claims => System.Text.RegularExpressions.Regex.IsMatch(Seal(claims).Reveal(), "^[A-Za-z0-9_-]{43,128}$"))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true));

    [Fact]
    public void The_same_claims_always_give_the_same_token_and_others_another()
    {
        var claims = SealFixture.AnyClaims();
        SealedClaims[] others =
        [
            claims with { Generation = 2 },
            claims with { Secret = FamilySecret.New() },
            claims with { Session = new SessionId(claims.Session.User, FamilyId.New()) },
            claims with { Session = new SessionId(UserKey.Of("https://issuer.example", new Subject("bob")), claims.Session.Family) },
        ];

        var again = new RefreshTokenSeal(Loaded(_fixture.NewRing())).Seal(claims, 1);

        Assert.Equal(Seal(claims), again);
        Assert.Equal(5, others.Append(claims).Select(Seal).Distinct().Count());
    }

    [Fact]
    public void A_token_with_any_bit_flipped_is_refused()
    {
        var text = Seal(SealFixture.AnyClaims()).Reveal();
        var bytes = Base64Url.DecodeFromChars(text);
        Assert.True(Opens(text));

        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Opens(Base64Url.EncodeToString(bytes)), $"Bit {bit} may be flipped.");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void A_token_with_any_character_changed_is_refused()
    {
        var text = Seal(SealFixture.AnyClaims()).Reveal();
        Assert.True(Opens(text));

        for (var place = 0; place < text.Length; place++)
        {
            foreach (var other in (Alphabet + "+/=. %\0\n").Where(other => other != text[place]))
            {
                Assert.False(Opens($"{text[..place]}{other}{text[(place + 1)..]}"), $"Character {place} may be '{other}'.");
            }
        }
    }

    [Fact]
    public void No_other_spelling_of_a_token_is_accepted()
    {
        var text = Seal(SealFixture.AnyClaims()).Reveal();
        Assert.True(Opens(text));

        string[] spellings =
        [
            "", text + "=", text + "==", "=" + text, " " + text, text + " ", "\t" + text, text + "\n", text + "\r\n", text + "\0", "\0" + text,
            text + text, text + "." + text, text.ToUpperInvariant(), text.ToLowerInvariant(), new([.. text.Reverse()]),
            $"{text[..50]} {text[50..]}", $"{text[..50]}\n{text[51..]}", $"%{(int)text[0]:X2}{text[1..]}", $"\"{text}\"", text + "A", "A" + text,
            text.Replace('-', '+').Replace('_', '/') + "==", new string('A', text.Length), new string('_', text.Length),
        ];
        Assert.All(spellings, spelling => Assert.False(Opens(spelling)));
        Assert.All(Enumerable.Range(0, text.Length), length => Assert.False(Opens(text[..length])));
        Assert.All(Enumerable.Range(1, text.Length - 1), from => Assert.False(Opens(text[from..])));
        Assert.Single(Alphabet, last => Opens(text[..^1] + last));
    }

    [Fact]
    public void A_token_put_together_from_two_is_refused()
    {
        var (one, other) = (Seal(SealFixture.AnyClaims(1)).Reveal(), Seal(SealFixture.AnyClaims(1)).Reveal());

        Assert.All(Enumerable.Range(12, one.Length - 24), cut => Assert.False(Opens(one[..cut] + other[cut..])));
    }

    [Fact]
    public void A_token_that_was_never_set_or_is_very_long_is_refused()
    {
        Assert.False(_fixture.Seal.TryUnseal(default, out var claims));
        Assert.Equal(default, claims);
        Assert.False(Opens(new string('A', 1_000_000)));
    }

    [Fact]
    public void Random_bytes_of_the_right_length_open_nothing()
    {
        var size = Base64Url.DecodeFromChars(Seal(SealFixture.AnyClaims()).Reveal()).Length;

        for (var round = 0; round < 10_000; round++)
        {
            var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(size);
            bytes[0] = 1;
            Assert.False(Opens(Base64Url.EncodeToString(bytes)));
        }
    }

    [Fact]
    public void Another_master_key_opens_nothing()
    {
        using var other = new SealFixture();
        var token = Seal(SealFixture.AnyClaims());
        Assert.True(_fixture.Seal.TryUnseal(token, out _));

        Assert.False(other.Seal.TryUnseal(token, out var claims));
        Assert.Equal(default, claims);
    }

    [Fact]
    public void A_replay_is_byte_equal_across_a_key_rotation()
    {
        var claims = SealFixture.AnyClaims();
        var before = Seal(claims);
        _fixture.Clock.Advance(TimeSpan.FromDays(30));
        _fixture.Keys.Load();
        _fixture.Clock.Advance(TimeSpan.FromMinutes(2));
        _fixture.Keys.Load();

        Assert.Equal(2, _fixture.Seal.CurrentKeyId);
        Assert.Equal(before, _fixture.Seal.Seal(claims, 1));
        Assert.True(_fixture.Seal.TryUnseal(before, out var opened));
        Assert.Equal(claims, opened);
        Assert.NotEqual(before, Seal(claims));
        Assert.True(_fixture.Seal.TryUnseal(Seal(claims), out _));
    }

    [Fact]
    public void A_key_that_is_not_there_is_our_failure_and_not_the_clients()
        => Assert.Throws<TokenStoreUnavailableException>(() => _fixture.Seal.Seal(SealFixture.AnyClaims(), 9));

    [Fact]
    public async Task Many_threads_seal_and_open_at_once()
    {
        var claims = Enumerable.Range(0, 64).Select(_ => SealFixture.AnyClaims()).ToList();
        var expected = claims.Select(Seal).ToList();

        await Parallel.ForAsync(0, 6400, TestContext.Current.CancellationToken, (round, _) =>
        {
            var token = Seal(claims[round % 64]);
            Assert.Equal(expected[round % 64], token);
            Assert.True(_fixture.Seal.TryUnseal(token, out var opened));
            Assert.Equal(claims[round % 64], opened);
            return ValueTask.CompletedTask;
        });
    }

    public void Dispose() => _fixture.Dispose();

    private static RefreshKeyRing Loaded(RefreshKeyRing ring)
    {
        ring.Load();
        return ring;
    }

    private RefreshToken Seal(SealedClaims claims) => _fixture.Seal.Seal(claims, _fixture.Seal.CurrentKeyId);

    private bool Opens(string text) => _fixture.Seal.TryUnseal(new RefreshToken(text), out _);
}
