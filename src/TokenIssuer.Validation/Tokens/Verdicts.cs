using TokenIssuer.Revocation;

namespace TokenIssuer.Validation.Tokens;

/// <summary>One instance of each refusal: a stranger's garbage allocates nothing here.</summary>
internal static class Verdicts
{
    private static readonly TokenVerdict.Refused[] s_refused =
        [.. Enum.GetValues<RefusalReason>().Order().Select(reason => new TokenVerdict.Refused(reason))];

    public static TokenVerdict.Unavailable StaleFeed { get; } = new(RefusalReason.StaleFeed);

    public static TokenVerdict.Unavailable StoreUnavailable { get; } = new(RefusalReason.StoreUnavailable);

    public static TokenVerdict.Refused Refuse(RefusalReason reason) => s_refused[(int)reason];

    /// <summary>Null where the denylist has nothing against the token.</summary>
    public static TokenVerdict? Of(Denial denial) => denial switch
    {
        Denial.None => null,
        Denial.Session => Refuse(RefusalReason.RevokedSession),
        Denial.User => Refuse(RefusalReason.RevokedUser),
        Denial.Token => Refuse(RefusalReason.RevokedToken),
        Denial.Key => Refuse(RefusalReason.RevokedKey),

        // Nobody can tell before the issuer has been asked again.
        Denial.Outdated => StoreUnavailable,
    };
}
