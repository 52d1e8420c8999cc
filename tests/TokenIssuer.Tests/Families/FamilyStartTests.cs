using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class FamilyStartTests
{
    private static readonly FamilyStart s_start = new(
        Sample.Session, Sample.Family.Grant, Sample.Family.Origin, ExpectedGeneration: 1234, Sample.SecretHash, SealKeyId: 3, AgentHash: 9,
        IdleTimeout: TimeSpan.FromMinutes(30), AbsoluteLifetime: TimeSpan.FromHours(12), MaxSessions: 10, SessionLimitPolicy.EvictOldest);

    [Fact]
    public void A_family_starts_with_its_first_token_at_the_generation_that_was_read()
    {
        var family = s_start.ToFamily(Sample.Login);

        Assert.Equal(TokenFamily.FirstGeneration, family.Generation);
        Assert.Equal(1234, family.Birth);
        Assert.Equal((Sample.Login, Sample.Login), (family.CreatedAt, family.RotatedAt));
        Assert.Equal(Sample.Login + TimeSpan.FromMinutes(30), family.IdleEnd);
        Assert.Equal(Sample.Login + TimeSpan.FromHours(12), family.AbsoluteEnd);
        Assert.Equal((0UL, 9u, (byte)3), (family.IdempotencyHash, family.AgentHash, family.SealKeyId));
        Assert.True(family.IsAlive(UserFloors.All(1234), Sample.Login));
    }

    [Fact]
    public void It_never_idles_longer_than_it_lives()
    {
        var brief = s_start with { AbsoluteLifetime = TimeSpan.FromMinutes(5) };

        var family = brief.ToFamily(Sample.Login);

        Assert.Equal(family.AbsoluteEnd, family.IdleEnd);
    }
}
