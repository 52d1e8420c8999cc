using FsCheck;
using FsCheck.Fluent;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Stores;

internal enum HistoryVerb
{
    LogIn,
    Refresh,
    RevokeFamily,
    RevokeOthers,
    RevokeUser,
    RevokeAll,
    AssertFloors,
    AssertFamily,
    AssertToken,
    RaiseEpoch,
    Disown,
    AddApiToken,
    UseApiToken,
    RevokeApiToken,
    Look,
}

/// <summary>One step of a random history: a verb, and numbers from which its arguments are drawn.</summary>
internal sealed record HistoryStep(HistoryVerb Verb, int User, int Choice, TimeSpan After)
{
    public const int Users = 3;

    public static Gen<HistoryStep> Any { get; } =
        from verb in Gen.Frequency(
            (8, Gen.Constant(HistoryVerb.LogIn)),
            (14, Gen.Constant(HistoryVerb.Refresh)),
            (2, Gen.Constant(HistoryVerb.RevokeFamily)),
            (1, Gen.Constant(HistoryVerb.RevokeOthers)),
            (2, Gen.Constant(HistoryVerb.RevokeUser)),
            (1, Gen.Constant(HistoryVerb.AssertFloors)),
            (1, Gen.Constant(HistoryVerb.AssertFamily)),
            (1, Gen.Constant(HistoryVerb.AssertToken)),
            (3, Gen.Constant(HistoryVerb.AddApiToken)),
            (4, Gen.Constant(HistoryVerb.UseApiToken)),
            (1, Gen.Constant(HistoryVerb.RevokeApiToken)),
            (4, Gen.Constant(HistoryVerb.Look)),
            (1, Gen.Elements(HistoryVerb.RevokeAll, HistoryVerb.RaiseEpoch, HistoryVerb.Disown)))
        from user in Gen.Choose(0, Users - 1)
        from choice in Gen.Choose(0, 10_000)
        from milliseconds in Gen.Frequency((6, Gen.Constant(1)), (3, Gen.Choose(1, 2_000)), (2, Gen.Elements(29_999, 30_000, 31_000)), (1, Gen.Constant(61_000)))
        select new HistoryStep(verb, user, choice, TimeSpan.FromMilliseconds(milliseconds));
}

/// <summary>A step with its arguments: the same for both stores, random parts included.</summary>
internal sealed record HistoryScene(
    HistoryStep Step, TestUser User, FamilyStart Start, TokenFamily? Family, ApiTokenRecord NewApiToken, ApiTokenRecord? ApiToken);
