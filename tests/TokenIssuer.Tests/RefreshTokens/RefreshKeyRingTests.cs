using System.Security.Cryptography;
using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Tests.RefreshTokens;

public sealed class RefreshKeyRingTests : IDisposable
{
    private static readonly TimeSpan s_settle = TimeSpan.FromMinutes(2);

    private readonly SealFixture _fixture = new();

    [Fact]
    public void The_first_key_seals_at_once()
    {
        Assert.Equal(1, _fixture.Keys.Current.Number);
        Assert.Equal(["refresh-1.key"], _fixture.Files);
    }

    [Fact]
    public void A_key_file_is_for_its_owner_alone()
    {
        var path = Path.Combine(_fixture.Folder, "refresh-1.key");

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void After_thirty_days_the_next_key_is_made_and_seals_once_it_has_settled()
    {
        Advance(TimeSpan.FromDays(30) - TimeSpan.FromTicks(1));
        Assert.Equal(["refresh-1.key"], _fixture.Files);

        Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["refresh-1.key", "refresh-2.key"], _fixture.Files);
        Assert.Equal(1, _fixture.Keys.Current.Number);
        Assert.True(_fixture.Keys.TryGet(2, out _));

        Advance(s_settle - TimeSpan.FromTicks(1));
        Assert.Equal(1, _fixture.Keys.Current.Number);

        Advance(TimeSpan.FromTicks(1));
        Assert.Equal(2, _fixture.Keys.Current.Number);
    }

    [Fact]
    public void An_old_key_is_dropped_only_after_the_last_family_it_may_have_sealed_has_ended()
    {
        Advance(TimeSpan.FromDays(30));
        var lastSealedByOld = _fixture.Clock.Now + s_settle;
        var lastFamilyEnds = lastSealedByOld + _fixture.Options.AbsoluteLifetime;

        Advance(lastFamilyEnds - _fixture.Clock.Now);
        Assert.True(_fixture.Keys.TryGet(1, out _));

        Advance(TimeSpan.FromDays(1));
        Assert.False(_fixture.Keys.TryGet(1, out _));
        Assert.Equal(["refresh-2.key"], _fixture.Files);
        Assert.Equal(2, _fixture.Keys.Current.Number);
    }

    [Fact]
    public void With_families_that_outlive_a_rotation_several_old_keys_stay()
    {
        _fixture.Options.AbsoluteLifetime = TimeSpan.FromDays(90);
        for (var month = 0; month < 12; month++)
        {
            Advance(TimeSpan.FromDays(30));
        }

        Assert.Equal(["refresh-10.key", "refresh-11.key", "refresh-12.key", "refresh-13.key", "refresh-9.key"], _fixture.Files);
    }

    [Fact]
    public async Task Ten_cold_starts_on_one_folder_agree_on_one_key()
    {
        File.Delete(Path.Combine(_fixture.Folder, "refresh-1.key"));
        var rings = Enumerable.Range(0, 10).Select(_ => _fixture.NewRing()).ToList();

        await Task.WhenAll(rings.Select(ring => Task.Run(ring.Load, TestContext.Current.CancellationToken)));

        var claims = SealFixture.AnyClaims();
        Assert.Equal(["refresh-1.key"], _fixture.Files);
        Assert.Single(rings.Select(ring => new RefreshTokenSeal(ring).Seal(claims, 1)).Distinct());
    }

    [Fact]
    public void An_issuer_that_reads_late_opens_what_the_others_seal()
    {
        var late = _fixture.NewRing();
        late.Load();
        Advance(TimeSpan.FromDays(30));
        late.Load();
        Advance(s_settle);

        var claims = SealFixture.AnyClaims();
        Assert.True(new RefreshTokenSeal(late).TryUnseal(_fixture.Seal.Seal(claims, _fixture.Seal.CurrentKeyId), out var opened));
        Assert.Equal((2, claims), (_fixture.Seal.CurrentKeyId, opened));
    }

    [Fact]
    public void A_key_whose_file_was_replaced_is_read_again()
    {
        var claims = SealFixture.AnyClaims();
        var before = _fixture.Seal.Seal(claims, 1);
        Write("refresh-1.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        _fixture.Keys.Load();

        Assert.False(_fixture.Seal.TryUnseal(before, out _));
        Assert.NotEqual(before, _fixture.Seal.Seal(claims, 1));
    }

    [Fact]
    public void Without_generation_a_missing_key_stops_the_start_with_a_sentence()
    {
        File.Delete(Path.Combine(_fixture.Folder, "refresh-1.key"));
        _fixture.Options.Keys.Generate = false;

        var fault = Assert.Throws<InvalidOperationException>(_fixture.NewRing().Load);

        Assert.Equal(
            $"There is no refresh master key (refresh-1.key) in {_fixture.Folder}: put 32 random bytes as base64 there, or set TokenIssuer:Keys:Generate to true.",
            fault.Message);
        Assert.Empty(_fixture.Files);
    }

    [Fact]
    public void Without_generation_deployed_keys_are_read_and_none_is_made_or_dropped()
    {
        _fixture.Options.Keys.Generate = false;
        Write("refresh-2.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) + "\n");

        Advance(TimeSpan.FromDays(400));

        Assert.Equal(["refresh-1.key", "refresh-2.key"], _fixture.Files);
        Assert.Equal(2, _fixture.Keys.Current.Number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_file_that_holds_no_key_is_named(string content)
    {
        Write("refresh-2.key", content);

        var fault = Assert.Throws<InvalidOperationException>(_fixture.NewRing().Load);

        Assert.Equal("refresh-2.key in the keys folder is no refresh master key, which is 32 random bytes as base64: replace or remove it.", fault.Message);
    }

    [Fact]
    public void A_broken_file_does_not_take_the_loaded_keys_away()
    {
        var token = _fixture.Seal.Seal(SealFixture.AnyClaims(), 1);
        Write("refresh-2.key", "broken");

        Assert.Throws<InvalidOperationException>(_fixture.Keys.Load);
        Assert.True(_fixture.Seal.TryUnseal(token, out _));
        Assert.Equal(1, _fixture.Keys.Current.Number);
    }

    [Fact]
    public void Two_files_of_one_number_are_refused()
    {
        Write("old-1.key", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        var fault = Assert.Throws<InvalidOperationException>(_fixture.NewRing().Load);

        Assert.Equal($"Two refresh master keys in {_fixture.Folder} have the number 1: rename or remove one.", fault.Message);
    }

    [Fact]
    public void Before_it_was_loaded_nothing_can_be_sealed_and_nothing_opens()
    {
        var empty = new RefreshTokenSeal(_fixture.NewRing());

        Assert.Throws<TokenStoreUnavailableException>(() => empty.CurrentKeyId);
        Assert.False(empty.TryUnseal(_fixture.Seal.Seal(SealFixture.AnyClaims(), 1), out _));
    }

    public void Dispose() => _fixture.Dispose();

    private void Advance(TimeSpan by)
    {
        _fixture.Clock.Advance(by);
        _fixture.Keys.Load();
    }

    private void Write(string name, string content)
    {
        var path = Path.Combine(_fixture.Folder, name);
        File.WriteAllText(path, content);
        File.SetLastWriteTimeUtc(path, _fixture.Clock.Now.UtcDateTime + TimeSpan.FromSeconds(1));
    }
}
