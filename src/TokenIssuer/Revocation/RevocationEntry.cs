using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>One line of the revocation log. Entries merge by maximum: applying one twice, or late, does no harm.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Until">When it may be forgotten: every token it could forbid has expired by then.</param>
internal abstract record RevocationEntry(RevocationReason Reason, DateTimeOffset Until)
{
    /// <summary>Where it stands in the log, as <c>id</c> of the wire form; empty before it was written.</summary>
    public string Id { get; init; } = string.Empty;

    /// <summary>Every token of one family is dead.</summary>
    public sealed record Family(SessionId Session, RevocationReason Reason, DateTimeOffset Until) : RevocationEntry(Reason, Until);

    /// <summary>Tokens of the user below these values are dead: all three as stored after the merge, 0 = never raised.</summary>
    public sealed record User(UserKey UserKey, Subject Subject, UserFloors Floors, RevocationReason Reason, DateTimeOffset Until) : RevocationEntry(Reason, Until);

    /// <summary>One access token, by <c>jti</c>, or one API token, by id.</summary>
    public sealed record Token(string Jti, RevocationReason Reason, DateTimeOffset Until) : RevocationEntry(Reason, Until);

    /// <summary>Every token signed with the key.</summary>
    public sealed record Key(string KeyId, RevocationReason Reason, DateTimeOffset Until) : RevocationEntry(Reason, Until);

    /// <summary>Every token of everybody whose <c>gen</c> is smaller.</summary>
    public sealed record All(long MinGeneration, RevocationReason Reason, DateTimeOffset Until) : RevocationEntry(Reason, Until);
}
