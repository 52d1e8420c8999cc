using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    private const int ManyFamilies = 10_000;

    /// <summary>A store may drop the families of a killed user or leave them below the floor.</summary>
    private static readonly RotationVerdict[] s_dead = [RotationVerdict.Missing, RotationVerdict.BelowFloor];

    [Fact]
    public async Task Ten_thousand_families_of_one_user_die_in_one_step()
    {
        var (user, stranger) = (new TestUser(), new TestUser());
        var first = await LogInAsync(user);
        var copies = Enumerable.Range(1, ManyFamilies - 1).Select(_ => new SessionId(user.Key, FamilyId.New())).ToList();
        await Stores.CopyAsync(first, copies);
        var families = copies.Select(copy => first with { Session = copy }).Append(first).ToList();
        var other = await LogInAsync(stranger);
        var listed = await ListAsync(user);
        var control = await RefreshAsync(families[ManyFamilies / 2]);
        var before = await Node.TailAsync();

        var killed = await KillAsync(user, KillReach.Everything);
        var written = (await Node.ReadAsync(before)).Entries;
        var again = await KillAsync(user, KillReach.Everything);

        Assert.Equal((ManyFamilies, RotationVerdict.Rotated), (listed.Count, control.Verdict));
        Assert.Equal((ManyFamilies, 0), (killed.Sessions, again.Sessions));
        Assert.Equal(user.Key, Assert.IsType<RevocationEntry.User>(Assert.Single(written)).UserKey);
        Assert.Empty(await ListAsync(user));
        foreach (var some in families.Chunk(100))
        {
            Assert.All(await Task.WhenAll(some.Select(RefreshAsync)), rotation => Assert.Contains(rotation.Verdict, s_dead));
        }

        Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(other)).Verdict);
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a*")]
    [InlineData("{x}")]
    [InlineData("a}b{c")]
    [InlineData("a\r\nFLUSHALL\r\n")]
    [InlineData("../../a")]
    [InlineData("a'; DROP TABLE families; --")]
    [InlineData("a\0b")]
    [InlineData("client:a")]
    public async Task A_name_made_of_the_stores_own_signs_reaches_nobody_else(string name)
    {
        var bystanders = new[] { new TestUser("a"), new TestUser("x"), new TestUser("b"), new TestUser(name + "x") };
        var families = new List<TokenFamily>();
        foreach (var user in bystanders)
        {
            families.Add(await LogInAsync(user));
        }

        var odd = new TestUser(name);
        var family = await LogInAsync(odd);

        var killed = await KillAsync(odd, KillReach.Everything);

        Assert.Equal(1, killed.Sessions);
        Assert.Equal(odd.Subject, Assert.IsType<RevocationEntry.User>(Assert.Single(killed.Entries)).Subject);
        Assert.Contains((await RefreshAsync(family)).Verdict, s_dead);
        foreach (var bystander in families)
        {
            Assert.Equal(RotationVerdict.Rotated, (await RefreshAsync(bystander)).Verdict);
        }
    }
}
