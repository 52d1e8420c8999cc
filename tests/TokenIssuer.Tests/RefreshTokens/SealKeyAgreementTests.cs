using TokenIssuer.RefreshTokens;
using TokenIssuer.Signing;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.RefreshTokens;

/// <summary>Issuers of one store share their refresh keys, through rotations and long absences.</summary>
public sealed class SealKeyAgreementTests : IDisposable
{
    private readonly SealFixture _fixture = new();
    private readonly TemporaryFolder _elsewhere = new();
    private readonly ModelStore _store;

    public SealKeyAgreementTests() => _store = new ModelStore(_fixture.Clock);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_a_rotation_a_folder_that_was_left_behind_is_refused()
    {
        File.Copy(Path.Combine(_fixture.Folder, "refresh-1.key"), _elsewhere.PathOf("refresh-1.key"));
        var left = new RefreshKeyRing(
            new KeyDirectory(_elsewhere.FullPath, _fixture.Clock), Microsoft.Extensions.Options.Options.Create(new TokenIssuerOptions()), _fixture.Clock);
        left.Load();
        await ReachAsync(_fixture.Keys);
        await ReachAsync(left);

        AdvanceTo(TimeSpan.FromDays(30));
        await ReachAsync(_fixture.Keys);
        await ReachAsync(left);
        AdvanceTo(TimeSpan.FromMinutes(2));
        await ReachAsync(_fixture.Keys);

        await Assert.ThrowsAsync<InvalidOperationException>(() => ReachAsync(left));
        await ReachAsync(_fixture.Keys);
    }

    [Fact]
    public async Task An_issuer_that_was_away_until_the_key_it_sealed_with_was_outlived_agrees_with_its_own_store()
    {
        AdvanceTo(TimeSpan.FromDays(30));
        await ReachAsync(_fixture.Keys);
        _fixture.Clock.Advance(TimeSpan.FromDays(10));

        var again = _fixture.NewRing();
        again.Load();
        await ReachAsync(again);
        again.Load();
        await ReachAsync(again);

        Assert.Equal(["refresh-2.key"], _fixture.Files);
    }

    [Fact]
    public void A_fingerprint_tells_keys_apart_and_holds_nothing_of_them()
    {
        var master = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var fingerprint = new RefreshKey(1, master).Fingerprint;

        Assert.Equal(fingerprint, new RefreshKey(2, master).Fingerprint);
        Assert.NotEqual(fingerprint, new RefreshKey(1, [.. master.Reverse()]).Fingerprint);
        Assert.Equal(22, fingerprint.Length);
        Assert.DoesNotContain(Convert.ToBase64String(master)[..8], fingerprint, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _elsewhere.Dispose();
    }

    private Task ReachAsync(RefreshKeyRing keys) => new SealKeyAgreement(_store, keys).ReachAsync(Cancelled);

    private void AdvanceTo(TimeSpan by)
    {
        _fixture.Clock.Advance(by);
        _fixture.Keys.Load();
    }
}
