using TokenIssuer.Signing;

namespace TokenIssuer.Tests.Signing;

public sealed class KeyRingTests : IDisposable
{
    private static readonly TimeSpan s_tick = TimeSpan.FromTicks(1);

    private readonly KeyFolder _folder = new();

    [Fact]
    public void A_first_start_makes_a_key_that_signs_and_one_that_stands_announced()
    {
        var ring = _folder.LoadRing();

        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(["signing-1.pem", "signing-2.pem"], _folder.Files);
        Assert.Equal(ring.Keys[0].Key, ring.Current);
    }

    [Fact]
    public async Task Ten_cold_starts_on_one_folder_agree_on_one_signing_key()
    {
        for (var round = 0; round < 20; round++)
        {
            using var folder = new KeyFolder();
            var rings = Enumerable.Range(0, 10).Select(_ => folder.NewRing()).ToList();

            await Task.WhenAll(rings.Select(ring => Task.Run(ring.Load, TestContext.Current.CancellationToken)));

            Assert.Single(rings.Select(ring => ring.Current.KeyId).Distinct());
            Assert.Single(rings.Select(KeyFolder.PhasesOf).Distinct(), "1 Signing, 2 Announced");
            Assert.Equal(["signing-1.pem", "signing-2.pem"], folder.Files);
        }
    }

    [Fact]
    public void A_restart_changes_nothing()
    {
        var before = _folder.LoadRing();

        var after = _folder.LoadRing();

        Assert.Equal(before.Keys.Select(key => (key.Key.KeyId, key.Phase)), after.Keys.Select(key => (key.Key.KeyId, key.Phase)));
    }

    [Fact]
    public void A_rotation_promotes_the_announced_key_announces_another_and_retires_the_old()
    {
        var ring = _folder.LoadRing();
        var announced = ring.Keys[1].Key.KeyId;
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);

        Assert.Equal(KeyRotation.Rotated, ring.TryRotate());

        Assert.Equal("1 Retiring, 2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(announced, ring.Current.KeyId);
    }

    [Fact]
    public void A_key_that_has_not_been_announced_long_enough_is_not_promoted()
    {
        var ring = _folder.LoadRing();
        Assert.Equal(_folder.Clock.Now + TimeSpan.FromHours(24), ring.SignsFrom);
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor - s_tick);

        Assert.Equal(KeyRotation.TooEarly, ring.TryRotate());
        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));

        _folder.Clock.Advance(s_tick);
        Assert.Equal(KeyRotation.Rotated, ring.TryRotate());
        Assert.Equal(KeyRotation.TooEarly, ring.TryRotate());
        Assert.Equal("1 Retiring, 2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void A_retiring_key_verifies_until_the_last_token_it_signed_has_expired()
    {
        var ring = _folder.LoadRing();
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);
        ring.TryRotate();

        Advance(ring, _folder.Options.Keys.RetainFor);
        Assert.Equal("1 Retiring, 2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));

        Advance(ring, s_tick);
        Assert.Equal("2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(["signing-2.pem", "signing-3.pem"], _folder.Files);
    }

    [Fact]
    public void Keys_rotate_on_schedule_and_each_one_was_announced_for_as_long_as_the_one_before_it_signed()
    {
        var ring = _folder.LoadRing();

        Advance(ring, TimeSpan.FromDays(30) - s_tick);
        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));

        Advance(ring, s_tick);
        Assert.Equal("1 Retiring, 2 Signing, 3 Announced", KeyFolder.PhasesOf(ring));

        Advance(ring, TimeSpan.FromDays(30));
        Assert.Equal("2 Retiring, 3 Signing, 4 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public async Task Issuers_that_rotate_at_once_rotate_once()
    {
        for (var round = 0; round < 20; round++)
        {
            using var folder = new KeyFolder();
            var rings = Enumerable.Range(0, 8).Select(_ => folder.LoadRing()).ToList();
            folder.Clock.Advance(folder.Options.Keys.AnnounceFor);

            await Task.WhenAll(rings.Select(ring => Task.Run(ring.TryRotate, TestContext.Current.CancellationToken)));

            Assert.Equal("1 Retiring, 2 Signing, 3 Announced", KeyFolder.PhasesOf(folder.LoadRing()));
        }
    }

    [Fact]
    public void Another_issuers_rotation_is_followed()
    {
        var (one, other) = (_folder.LoadRing(), _folder.LoadRing());
        _folder.Clock.Advance(_folder.Options.Keys.AnnounceFor);
        one.TryRotate();

        other.Load();

        Assert.Equal(one.Current.KeyId, other.Current.KeyId);
        Assert.Equal(KeyFolder.PhasesOf(one), KeyFolder.PhasesOf(other));
    }

    [Fact]
    public void Without_generation_a_folder_without_a_key_stops_the_start_with_a_sentence()
    {
        _folder.Options.Keys.Generate = false;

        var fault = Assert.Throws<InvalidOperationException>(_folder.LoadRing);

        Assert.Equal(
            $"There is no signing key (*.pem) in {_folder.FullPath}: put a PKCS#8 PEM file with a P-256 key there, or set TokenIssuer:Keys:Generate to true.",
            fault.Message);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public void Without_generation_nothing_is_created_or_deleted_on_schedule()
    {
        _folder.Options.Keys.Generate = false;
        _folder.Deploy("one.pem", SigningKey.Generate());
        var ring = _folder.LoadRing();

        Advance(ring, TimeSpan.FromDays(100));
        Assert.Equal("0 Signing", KeyFolder.PhasesOf(ring));
        Assert.Null(ring.SignsFrom);
        Assert.Equal(KeyRotation.Deployed, ring.TryRotate());

        _folder.Deploy("signing-1.pem", SigningKey.Generate());
        _folder.Deploy("signing-2.pem", SigningKey.Generate());
        Advance(ring, TimeSpan.FromDays(100));
        Assert.Equal("0 Retiring, 1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
        Assert.Equal(["one.pem", "signing-1.pem", "signing-2.pem"], _folder.Files);
    }

    [Fact]
    public void A_deployed_key_signs_and_the_first_generated_one_stands_announced_behind_it()
    {
        _folder.Deploy("deployed.pem", SigningKey.Generate());

        var ring = _folder.LoadRing();

        Assert.Equal("0 Signing, 1 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void Numbers_count_as_numbers()
    {
        _folder.Options.Keys.Generate = false;
        foreach (var name in new[] { "signing-10.pem", "signing-9.pem", "signing-11.ps256.pem" })
        {
            _folder.Deploy(name, name.Contains("ps256", StringComparison.Ordinal) ? SigningKeyTests.NewRsa(2048) : SigningKey.Generate());
        }

        Assert.Equal("9 Retiring, 10 Signing, 11 Announced", KeyFolder.PhasesOf(_folder.LoadRing()));
    }

    [Fact]
    public void The_same_key_in_two_files_is_refused()
    {
        var pem = SigningKey.Generate();
        _folder.Deploy("one.pem", pem);
        _folder.Deploy("two.pem", pem);

        var fault = Assert.Throws<InvalidOperationException>(_folder.LoadRing);

        Assert.Equal($"Two files in {_folder.FullPath} hold the same key: remove one.", fault.Message);
    }

    [Fact]
    public void A_broken_file_does_not_take_the_loaded_keys_away()
    {
        var ring = _folder.LoadRing();
        var current = ring.Current;
        _folder.Deploy("signing-3.pem", "broken");

        Assert.Throws<InvalidOperationException>(ring.Load);

        Assert.Same(current, ring.Current);
        Assert.Equal("1 Signing, 2 Announced", KeyFolder.PhasesOf(ring));
    }

    [Fact]
    public void Before_it_was_loaded_nothing_signs()
        => Assert.Throws<TokenStoreUnavailableException>(() => _folder.NewRing().Current);

    public void Dispose() => _folder.Dispose();

    private void Advance(KeyRing ring, TimeSpan by)
    {
        _folder.Clock.Advance(by);
        ring.Load();
    }
}
