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
    public void What_the_log_calls_retired_is_retired_by_every_issuer_and_the_announced_key_signs()
    {
        var (one, other) = (_folder.LoadRing(), _folder.LoadRing());
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);
        one.TryRotate();
        other.Load();
        var retired = one.Current.KeyId;

        other.TakeOut(keyId => keyId == retired);
        one.TakeOut(keyId => keyId == retired);

        Assert.Equal("1 Retiring, 3 Signing, 4 Announced", KeyFolder.PhasesOf(one));
        Assert.Equal("1 Retiring, 3 Signing, 4 Announced", KeyFolder.PhasesOf(other));
        Assert.Equal(["signing-1.pem", "signing-3.pem", "signing-4.pem"], _folder.Files);
        Assert.Equal((KeyRetirement.Retired, KeyRetirement.Retired), (one.TryRetire(retired), one.JudgeRetirement(retired)));
    }

    [Fact]
    public void All_keys_can_be_retired_where_others_can_be_made()
    {
        var ring = _folder.LoadRing();

        ring.TakeOut(_ => true);

        Assert.Equal("3 Signing, 4 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(2, _folder.Files.Count);
    }

    [Fact]
    public void A_retired_key_that_is_put_back_stays_out_and_in_nobodys_way()
    {
        var ring = _folder.LoadRing();
        var retired = ring.Keys[1];
        var content = retired.File.Read();
        ring.TryRetire(retired.Key.KeyId);

        _folder.Deploy("signing-4.pem", content);
        ring.Load();
        var meanwhile = KeyFolder.PhasesOf(ring);
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);

        Assert.Equal("1 Signing, 3 Announced", meanwhile);
        Assert.Equal(KeyRotation.Rotated, ring.TryRotate());
        Assert.Equal("1 Retiring, 3 Signing, 5 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void A_deployed_key_that_was_retired_stays_out_though_its_file_stays_and_the_announced_one_signs()
    {
        _folder.Options.Keys.Generate = false;
        _folder.Deploy("signing-1.pem", SigningKey.Generate());
        _folder.Deploy("signing-2.pem", SigningKey.Generate());
        _folder.Deploy("signing-3.pem", SigningKey.Generate());
        var ring = _folder.LoadRing();
        var (retired, announced) = (ring.Current.KeyId, ring.Keys[2].Key.KeyId);

        ring.TakeOut(keyId => keyId == retired);
        ring.TakeOut(_ => false);
        ring.Load();

        Assert.Equal(3, _folder.Files.Count);
        Assert.Equal(("1 Retiring, 3 Signing", announced), (KeyFolder.PhasesOf(ring), ring.Current.KeyId));
        File.Delete(_folder.PathOf("signing-2.pem"));
        _folder.Deploy("signing-4.pem", SigningKey.Generate());
        ring.Load();
        Assert.Equal("1 Retiring, 3 Signing, 4 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void The_last_deployed_key_signs_no_more_and_its_file_is_left_to_the_operator()
    {
        _folder.Options.Keys.Generate = false;
        _folder.Deploy("key.pem", SigningKey.Generate());
        var ring = _folder.LoadRing();

        ring.TakeOut(_ => true);

        Assert.Empty(ring.Keys);
        Assert.Throws<TokenStoreUnavailableException>(() => ring.Current);
        Assert.Single(_folder.Files);
    }

    [Fact]
    public void A_folder_that_was_emptied_takes_no_key_away_after_a_retirement_either()
    {
        _folder.Options.Keys.Generate = false;
        _folder.Deploy("signing-1.pem", SigningKey.Generate());
        _folder.Deploy("signing-2.pem", SigningKey.Generate());
        var ring = _folder.LoadRing();
        ring.TryRetire(ring.Current.KeyId);
        File.Delete(_folder.PathOf("signing-1.pem"));
        File.Delete(_folder.PathOf("signing-2.pem"));

        Assert.Throws<InvalidOperationException>(ring.Load);

        Assert.Equal("2 Signing", KeyFolder.PhasesOf(ring));
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
