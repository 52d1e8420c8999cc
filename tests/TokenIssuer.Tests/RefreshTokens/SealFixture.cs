using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.RefreshTokens;

/// <summary>A seal on a key folder of its own, at a clock that stands still.</summary>
internal sealed class SealFixture : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SealFixture()
    {
        Options = new TokenIssuerOptions { Keys = { Generate = true } };
        Keys = NewRing();
        Keys.Load();
        Seal = new RefreshTokenSeal(Keys);
    }

    public ManualClock Clock { get; } = new();

    public TokenIssuerOptions Options { get; }

    public RefreshKeyRing Keys { get; }

    public RefreshTokenSeal Seal { get; }

    public string Folder => _folder.FullPath;

    public IEnumerable<string?> Files => Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public static SealedClaims AnyClaims(uint generation = 1)
        => new(new SessionId(UserKey.Of("https://issuer.example", new Subject("alice")), FamilyId.New()), generation, FamilySecret.New());

    public RefreshKeyRing NewRing() => new(new KeyDirectory(Folder, Clock), Microsoft.Extensions.Options.Options.Create(Options), Clock);

    public void Dispose() => _folder.Dispose();
}
