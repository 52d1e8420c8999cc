using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TokenIssuer.AccessTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.Benchmarks.Tokens;

/// <summary>Keys in a folder, and access tokens minted with them as at a login.</summary>
internal sealed class BenchmarkIssuer
{
    public const string Name = "http://localhost:5980";
    public const string Audience = "notes-api";

    private readonly AccessTokenMinter _minter;

    public BenchmarkIssuer(string keysFolder)
    {
        var options = new TokenIssuerOptions { Issuer = Name, Audience = Audience, KeysDirectory = keysFolder };
        options.Keys.Generate = true;

        // Tokens have to outlive the longest run.
        options.AccessTokenLifetime = TimeSpan.FromHours(2);
        Options = Microsoft.Extensions.Options.Options.Create(options);
        Ring = new KeyRing(new KeyDirectory(keysFolder, TimeProvider.System), Options, TimeProvider.System, NullLogger<KeyRing>.Instance);
        Ring.Load();
        _minter = new AccessTokenMinter(Ring, new Denylist(TimeProvider.System), Options);
    }

    public IOptions<TokenIssuerOptions> Options { get; }

    public KeyRing Ring { get; }

    /// <summary>Of another session and user each. The generation is above that of any store born today.</summary>
    public static AccessTokenGrant Grant(int number)
    {
        var subject = new Subject($"7f3c1f5e-5f0e-4f0a-9d8a-{number:x12}");
        var now = TimeProvider.System.GetUtcNow();
        return new AccessTokenGrant(
            new SessionId(UserKey.Of(Name, subject), FamilyId.New()), subject, "spa", Scope.Of(["notes:read", "notes:write"]), now.AddDays(1).ToUnixTimeMilliseconds(),
            ["editor"], "pwd", now, now, now + TimeSpan.FromHours(12));
    }

    public string Mint(AccessTokenGrant grant) => _minter.Mint(grant).Token.Reveal();

    public string[] MintMany(int count) => [.. Enumerable.Range(0, count).Select(number => Mint(Grant(number)))];
}
