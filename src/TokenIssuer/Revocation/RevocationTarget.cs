using TokenIssuer.ApiTokens;
using TokenIssuer.Families;

namespace TokenIssuer.Revocation;

/// <summary>What to revoke.</summary>
public abstract record RevocationTarget
{
    private RevocationTarget()
    {
    }

    /// <summary>One session: its refresh token and every access token minted from it.</summary>
    /// <param name="Id">The session, whether the store knows it or not.</param>
    public sealed record Session(SessionId Id) : RevocationTarget;

    /// <summary>Every other session of the same user.</summary>
    /// <param name="Kept">The session that stays.</param>
    public sealed record OtherSessions(SessionId Kept) : RevocationTarget;

    /// <summary>Every session of a user; API tokens live on.</summary>
    /// <param name="User">The user.</param>
    public sealed record AllSessions(Subject User) : RevocationTarget;

    /// <summary>Every session, access token and API token of a user.</summary>
    /// <param name="User">The user.</param>
    public sealed record EverythingOf(Subject User) : RevocationTarget;

    /// <summary>The access tokens of a user; the next refresh carries new claims.</summary>
    /// <param name="User">The user.</param>
    public sealed record AccessTokensOf(Subject User) : RevocationTarget;

    /// <summary>One access token.</summary>
    /// <param name="Jti">Its <c>jti</c>.</param>
    public sealed record Token(string Jti) : RevocationTarget;

    /// <summary>One API token.</summary>
    /// <param name="Id">Its id, whether the store knows it or not.</param>
    public sealed record ApiToken(ApiTokenId Id) : RevocationTarget;

    /// <summary>Every access token signed with a key.</summary>
    /// <param name="KeyId">Its <c>kid</c>.</param>
    public sealed record Key(string KeyId) : RevocationTarget;

    /// <summary>Every token of everybody.</summary>
    public sealed record Everything : RevocationTarget;
}
