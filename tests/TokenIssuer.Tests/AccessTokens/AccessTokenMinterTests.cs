using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Signing;

namespace TokenIssuer.Tests.AccessTokens;

public sealed class AccessTokenMinterTests : IDisposable
{
    private static readonly SessionId s_session = new(UserKey.Of("https://issuer.example", new Subject("alice")), FamilyId.New());

    private readonly KeyFolder _folder = new();
    private readonly KeyRing _ring;
    private readonly Denylist _denylist;

    public AccessTokenMinterTests()
    {
        _folder.Options.Issuer = "https://issuer.example";
        _folder.Options.Audience = "notes-api";
        _ring = _folder.LoadRing();
        _denylist = new Denylist(_folder.Clock);
    }

    [Fact]
    public async Task An_access_token_says_what_the_contract_lists_and_verifies_with_the_published_keys()
    {
        var token = Mint(Grant()).Token.Reveal();

        var result = await VerifyAsync(token);

        Assert.True(result.IsValid, result.Exception?.Message);
        var now = _folder.Clock.Now.ToUnixTimeSeconds();
        var payload = PayloadOf(token);
        Assert.Equal(
            ["iss", "aud", "sub", "client_id", "iat", "exp", "jti", "sid", "gen", "scope", "auth_time", "amr", "roles"],
            payload.EnumerateObject().Select(claim => claim.Name));
        Assert.Equal("https://issuer.example", payload.GetProperty("iss").GetString());
        Assert.Equal("notes-api", payload.GetProperty("aud").GetString());
        Assert.Equal("alice", payload.GetProperty("sub").GetString());
        Assert.Equal("spa", payload.GetProperty("client_id").GetString());
        Assert.Equal(now, payload.GetProperty("iat").GetInt64());
        Assert.Equal(now + 300, payload.GetProperty("exp").GetInt64());
        Assert.Matches("^[A-Za-z0-9_-]{22}$", payload.GetProperty("jti").GetString());
        Assert.Equal(s_session.ToString(), payload.GetProperty("sid").GetString());
        Assert.Equal(1_767_268_800_123, payload.GetProperty("gen").GetInt64());
        Assert.Equal("notes:read notes:write", payload.GetProperty("scope").GetString());
        Assert.Equal(now - 60, payload.GetProperty("auth_time").GetInt64());
        Assert.Equal(["pwd", "otp"], payload.GetProperty("amr").EnumerateArray().Select(method => method.GetString()));
        Assert.Equal(["admin", "editor"], payload.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Fact]
    public void The_header_has_type_algorithm_and_key_id_and_nothing_else()
    {
        var token = Mint(Grant()).Token.Reveal();

        var header = Decode(token.Split('.')[0]);

        Assert.Equal(["alg", "typ", "kid"], header.EnumerateObject().Select(member => member.Name));
        Assert.Equal(("ES256", "at+jwt"), (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        Assert.Equal(_ring.Current.KeyId, header.GetProperty("kid").GetString());
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("gen")]
    [InlineData("exp")]
    public async Task A_changed_token_does_not_verify(string claim)
    {
        var parts = Mint(Grant()).Token.Reveal().Split('.');
        var payload = System.Text.Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1]));
        var forged = claim switch
        {
            "sub" => payload.Replace("\"alice\"", "\"mallo\"", StringComparison.Ordinal),
            "gen" => payload.Replace("1767268800123", "9767268800123", StringComparison.Ordinal),
            _ => payload.Replace("\"exp\":1", "\"exp\":9", StringComparison.Ordinal),
        };
        Assert.NotEqual(payload, forged);

        var result = await VerifyAsync($"{parts[0]}.{Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(forged))}.{parts[2]}");

        Assert.False(result.IsValid);
        Assert.True((await VerifyAsync(string.Join('.', parts))).IsValid);
    }

    [Fact]
    public void Roles_are_there_only_when_the_user_has_any()
    {
        Assert.False(PayloadOf(Mint(Grant() with { Roles = [] }).Token.Reveal()).TryGetProperty("roles", out _));
        Assert.Equal(JsonValueKind.Array, PayloadOf(Mint(Grant() with { Roles = ["one"] }).Token.Reveal()).GetProperty("roles").ValueKind);
    }

    [Fact]
    public void A_client_that_acts_for_itself_has_no_authentication_claims()
    {
        var payload = PayloadOf(Mint(Grant() with { Subject = Subject.OfClient("notes-api"), Amr = "", Roles = [] }).Token.Reveal());

        Assert.Equal("client:notes-api", payload.GetProperty("sub").GetString());
        Assert.False(payload.TryGetProperty("auth_time", out _));
        Assert.False(payload.TryGetProperty("amr", out _));
    }

    [Theory]
    [InlineData(3600, 300)]
    [InlineData(300, 300)]
    [InlineData(299.9, 299)]
    [InlineData(1, 1)]
    [InlineData(0.5, 0)]
    [InlineData(-10, 0)]
    public void It_never_outlives_its_session(double secondsToEnd, int lifetime)
    {
        var end = _folder.Clock.Now + TimeSpan.FromSeconds(secondsToEnd);

        var minted = Mint(Grant() with { End = end });

        var payload = PayloadOf(minted.Token.Reveal());
        Assert.Equal(TimeSpan.FromSeconds(lifetime), minted.Lifetime);
        Assert.True(payload.GetProperty("exp").GetInt64() <= end.ToUnixTimeSeconds());
        Assert.Equal(lifetime, Math.Max(0, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64()));
    }

    [Fact]
    public void It_is_issued_at_the_time_of_the_step_and_not_when_it_is_written()
    {
        var step = _folder.Clock.Now;
        _folder.Clock.Advance(TimeSpan.FromSeconds(90));

        var payload = PayloadOf(Mint(Grant() with { Now = step }).Token.Reveal());

        Assert.Equal(step.ToUnixTimeSeconds(), payload.GetProperty("iat").GetInt64());
    }

    [Fact]
    public void A_fraction_of_a_second_lengthens_nothing()
    {
        var payload = PayloadOf(Mint(Grant() with { Now = _folder.Clock.Now + TimeSpan.FromMilliseconds(999) }).Token.Reveal());

        Assert.Equal(300, payload.GetProperty("exp").GetInt64() - payload.GetProperty("iat").GetInt64());
    }

    [Fact]
    public void Of_ten_thousand_tokens_no_two_have_the_same_id()
    {
        var minter = NewMinter();

        var ids = Enumerable.Range(0, 10_000).Select(_ => PayloadOf(minter.Mint(Grant()).Token.Reveal()).GetProperty("jti").GetString());

        Assert.Equal(10_000, ids.Distinct().Count());
    }

    [Theory]
    [InlineData("Zoë \"Q\" <x>&+\\/\u2028\u0001")]
    [InlineData("漢字😀")]
    public async Task Text_that_JSON_must_escape_arrives_as_it_was(string text)
    {
        var token = Mint(Grant() with { Subject = new Subject(text), ClientId = text, Roles = [text, "plain"] }).Token.Reveal();

        Assert.True((await VerifyAsync(token)).IsValid);
        var payload = PayloadOf(token);
        Assert.Equal((text, text), (payload.GetProperty("sub").GetString(), payload.GetProperty("client_id").GetString()));
        Assert.Equal([text, "plain"], payload.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Fact]
    public async Task A_token_signed_before_a_rotation_verifies_after_it()
    {
        var before = Mint(Grant()).Token.Reveal();
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);
        _ring.TryRotate();
        var after = Mint(Grant()).Token.Reveal();

        Assert.True((await VerifyAsync(before)).IsValid);
        Assert.True((await VerifyAsync(after)).IsValid);
        Assert.NotEqual(before.Split('.')[0], after.Split('.')[0]);

        _ring.TryRetire(_ring.Keys[0].Key.KeyId);
        Assert.False((await VerifyAsync(before)).IsValid);
        Assert.True((await VerifyAsync(after)).IsValid);
    }

    [Fact]
    public void A_key_that_another_issuer_has_retired_signs_nothing_after_the_log_told_it()
    {
        var retired = _ring.Current.KeyId;
        _folder.LoadRing().TryRetire(retired);
        var before = Decode(Mint(Grant()).Token.Reveal().Split('.')[0]);

        _denylist.Merge([new RevocationEntry.Key(retired, RevocationReason.KeyRetired, DateTimeOffset.MaxValue)], TimeSpan.FromMinutes(20));
        var after = Decode(Mint(Grant()).Token.Reveal().Split('.')[0]);

        Assert.Equal(retired, before.GetProperty("kid").GetString());
        Assert.NotEqual(retired, after.GetProperty("kid").GetString());
    }

    [Fact]
    public void A_retired_key_that_stays_in_a_deployed_folder_is_passed_over_and_the_announced_one_signs()
    {
        _folder.Options.Keys.Generate = false;
        var (current, announced) = (_ring.Current.KeyId, _ring.Keys[^1].Key.KeyId);
        Retire(current);

        var signed = Decode(Mint(Grant()).Token.Reveal().Split('.')[0]).GetProperty("kid").GetString();
        Retire(announced);

        Assert.Equal((2, announced), (_folder.Files.Count, signed));
        Assert.Throws<TokenStoreUnavailableException>(() => Mint(Grant()));

        void Retire(string keyId) => _denylist.Merge([new RevocationEntry.Key(keyId, RevocationReason.KeyRetired, DateTimeOffset.MaxValue)], TimeSpan.FromMinutes(20));
    }

    [Theory]
    [InlineData("key.pem", "RS256")]
    [InlineData("key.ps256.pem", "PS256")]
    public async Task An_RSA_key_mints_too(string name, string algorithm)
    {
        using var folder = new KeyFolder();
        folder.Options.Issuer = "https://issuer.example";
        folder.Options.Keys.Generate = false;
        folder.Deploy(name, SigningKeyTests.NewRsa(2048));
        var ring = folder.LoadRing();

        var token = new AccessTokenMinter(ring, new Denylist(folder.Clock), Options.Create(folder.Options)).Mint(Grant()).Token.Reveal();

        Assert.Equal(algorithm, Decode(token.Split('.')[0]).GetProperty("alg").GetString());
        Assert.True((await VerifyAsync(token, ring, algorithm)).IsValid);
    }

    [Fact]
    public async Task Many_threads_mint_at_once_and_get_each_their_own()
    {
        var minter = NewMinter();

        var tokens = Enumerable.Range(0, 1000).AsParallel().WithDegreeOfParallelism(16)
            .Select(number => (number, token: minter.Mint(Grant() with { Subject = new Subject($"user-{number}") }).Token.Reveal())).ToList();

        foreach (var (number, token) in tokens)
        {
            Assert.True((await VerifyAsync(token)).IsValid);
            Assert.Equal($"user-{number}", PayloadOf(token).GetProperty("sub").GetString());
        }
    }

    [Fact]
    public void A_token_that_could_not_be_written_does_not_spoil_the_next()
    {
        var minter = NewMinter();
        Assert.Throws<InvalidOperationException>(() => minter.Mint(Grant() with { Subject = default }));

        var payload = PayloadOf(minter.Mint(Grant()).Token.Reveal());

        Assert.Equal("alice", payload.GetProperty("sub").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private AccessTokenGrant Grant() => new(
        s_session, new Subject("alice"), "spa", Scope.Of(["notes:read", "notes:write"]), Generation: 1_767_268_800_123,
        Roles: ["admin", "editor"], Amr: "pwd otp", AuthenticatedAt: _folder.Clock.Now - TimeSpan.FromSeconds(60),
        _folder.Clock.Now, End: _folder.Clock.Now + TimeSpan.FromHours(12));

    private AccessTokenMinter NewMinter() => new(_ring, _denylist, Options.Create(_folder.Options));

    private MintedToken Mint(AccessTokenGrant grant) => NewMinter().Mint(grant);

    private Task<TokenValidationResult> VerifyAsync(string token) => VerifyAsync(token, _ring, "ES256");

    /// <summary>Verifies as a resource API does that knows nothing but the published key set.</summary>
    private Task<TokenValidationResult> VerifyAsync(string token, KeyRing ring, string algorithm)
    {
        var published = JsonSerializer.Serialize(new { keys = ring.Keys.Select(key => Published(key.Key.PublicKey)) });
        return new JsonWebTokenHandler().ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = "https://issuer.example",
            ValidAudience = "notes-api",
            ValidTypes = ["at+jwt"],
            ValidAlgorithms = [algorithm],
            IssuerSigningKeys = new JsonWebKeySet(published).GetSigningKeys(),
            TryAllIssuerSigningKeys = false,
            ValidateLifetime = false,
        });
    }

    private static Dictionary<string, string> Published(JsonWebKey key)
        => new Dictionary<string, string?>
        {
            ["kty"] = key.Kty, ["kid"] = key.Kid, ["use"] = key.Use, ["alg"] = key.Alg,
            ["crv"] = key.Crv, ["x"] = key.X, ["y"] = key.Y, ["n"] = key.N, ["e"] = key.E,
        }.Where(member => member.Value is not null).ToDictionary(member => member.Key, member => member.Value!);

    private static JsonElement PayloadOf(string token) => Decode(token.Split('.')[1]);

    private static JsonElement Decode(string segment) => JsonElement.Parse(Base64Url.DecodeFromChars(segment));
}
