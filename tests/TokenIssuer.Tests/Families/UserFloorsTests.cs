using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Families;

public sealed class UserFloorsTests
{
    private static readonly Config s_quiet = Config.QuickThrowOnFailure.WithMaxTest(2000).WithQuietOnSuccess(true);

    private static readonly Arbitrary<(UserFloors One, UserFloors Other)> s_pairs =
        (from one in Floors() from other in Floors() select (one, other)).ToArbitrary();

    [Theory]
    [InlineData(KillReach.AccessTokens, 2001, 500, 100)]
    [InlineData(KillReach.Sessions, 2001, 2001, 100)]
    [InlineData(KillReach.Everything, 2001, 2001, 2001)]
    internal void A_kill_raises_what_it_reaches(KillReach reach, long generation, long floor, long apiFloor)
    {
        var floors = new UserFloors(2000, 500, 100);

        var raised = floors.Raise(reach, DateTimeOffset.UnixEpoch);

        Assert.Equal(new UserFloors(generation, floor, apiFloor), raised);
    }

    [Theory]
    [InlineData(5000, 9000, 9000)]
    [InlineData(9000, 9000, 9001)]
    [InlineData(9500, 9000, 9501)]
    public void A_kill_is_above_every_generation_in_use_and_never_behind_the_clock(long before, long now, long after)
    {
        var raised = UserFloors.All(before).Raise(KillReach.Everything, DateTimeOffset.FromUnixTimeMilliseconds(now));

        Assert.Equal(UserFloors.All(after), raised);
    }

    [Fact]
    public void Merging_is_a_maximum_in_any_order_and_any_number_of_times()
        => Prop.ForAll(s_pairs, pair => pair.One.Max(pair.Other) == pair.Other.Max(pair.One)
            && pair.One.Max(pair.One) == pair.One
            && pair.One.Max(pair.Other).Covers(pair.One)
            && pair.One.Max(pair.Other).Max(pair.One) == pair.One.Max(pair.Other)).Check(s_quiet);

    [Fact]
    public void Floors_cover_each_other_only_when_no_value_is_lower()
        => Prop.ForAll(s_pairs, pair => pair.One.Covers(pair.Other)
            == (pair.One.Generation >= pair.Other.Generation && pair.One.Floor >= pair.Other.Floor && pair.One.ApiFloor >= pair.Other.ApiFloor)).Check(s_quiet);

    private static Gen<UserFloors> Floors()
        => from generation in Gen.Choose(0, 3) from floor in Gen.Choose(0, 3) from api in Gen.Choose(0, 3) select new UserFloors(generation, floor, api);
}
