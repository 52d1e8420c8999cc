using TokenIssuer.Signing;

namespace TokenIssuer.Tests.Signing;

/// <summary>Keys that leave before their time.</summary>
public sealed class KeyRetirementTests : IDisposable
{
    private readonly KeyFolder _folder = new();

    [Theory]
    [InlineData(0, "2 Signing, 3 Announced")]
    [InlineData(1, "1 Signing, 3 Announced")]
    public void A_retired_key_is_gone_at_once_and_the_next_takes_its_place(int retired, string expected)
    {
        var ring = _folder.LoadRing();
        var keyId = ring.Keys[retired].Key.KeyId;

        Assert.Equal(KeyRetirement.Retired, ring.TryRetire(keyId));

        Assert.Equal(expected, KeyFolder.PhasesOf(ring));
        Assert.DoesNotContain(keyId, ring.Keys.Select(key => key.Key.KeyId));
        Assert.Equal(2, _folder.Files.Count);
        Assert.Equal(expected, KeyFolder.PhasesOf(_folder.LoadRing()));
    }

    [Fact]
    public void A_retiring_key_can_be_retired_early()
    {
        var ring = _folder.LoadRing();
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);
        ring.TryRotate();

        Assert.Equal(KeyRetirement.Retired, ring.TryRetire(ring.Keys[0].Key.KeyId));

        Assert.Equal("2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void What_the_log_calls_retired_is_out_of_the_ring_though_its_file_stays()
    {
        _folder.Options.Keys.Generate = false;
        _folder.Deploy("signing-1.pem", SigningKey.Generate());
        _folder.Deploy("signing-2.pem", SigningKey.Generate());
        var ring = _folder.LoadRing();
        var (retired, announced) = (ring.Keys[0].Key.KeyId, ring.Keys[1].Key.KeyId);

        ring.TakeOut(keyId => keyId == retired);
        ring.TakeOut(_ => false);
        ring.Load();

        Assert.Equal(("2 Signing", announced), (KeyFolder.PhasesOf(ring), ring.Current.KeyId));
        Assert.Equal(2, _folder.Files.Count);
        _folder.Deploy("signing-1.pem", SigningKey.Generate());
        File.SetLastWriteTimeUtc(_folder.PathOf("signing-1.pem"), _folder.Clock.Now.AddSeconds(1).UtcDateTime);
        ring.Load();
        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
        ring.TakeOut(_ => true);
        Assert.Throws<TokenStoreUnavailableException>(() => ring.Current);
    }

    [Fact]
    public void A_retired_key_that_stays_makes_way_for_generated_ones()
    {
        var ring = _folder.LoadRing();

        ring.TakeOut(_ => true);

        Assert.Equal("3 Signing, 4 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(4, _folder.Files.Count);
    }

    [Fact]
    public void An_unknown_key_is_not_retired_and_nothing_changes()
    {
        var ring = _folder.LoadRing();

        Assert.Equal(KeyRetirement.Unknown, ring.TryRetire("unknown"));
        Assert.Equal(KeyRetirement.Unknown, ring.TryRetire(""));

        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void Of_many_retirements_of_one_key_one_counts()
    {
        var rings = Enumerable.Range(0, 8).Select(_ => _folder.LoadRing()).ToList();
        var keyId = rings[0].Current.KeyId;

        Parallel.ForEach(rings, ring => ring.TryRetire(keyId));

        Assert.Equal("2 Signing, 3 Announced", KeyFolder.PhasesOf(_folder.LoadRing()));
    }

    [Fact]
    public void A_retired_key_does_not_come_back_from_memory_when_its_name_is_used_again()
    {
        var ring = _folder.LoadRing();
        var announced = ring.Keys[1].Key.KeyId;
        File.Delete(_folder.PathOf("signing-2.pem"));
        _folder.Clock.Advance(TimeSpan.FromSeconds(5));

        ring.Load();

        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
        Assert.NotEqual(announced, ring.Keys[1].Key.KeyId);
        Assert.Equal(_folder.LoadRing().Keys[1].Key.KeyId, ring.Keys[1].Key.KeyId);
    }

    public void Dispose() => _folder.Dispose();
}
