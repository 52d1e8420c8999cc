namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>What kills what: the table that the product promises, with the deed behind each row.</summary>
internal static class KillTable
{
    private const string Alive = "alive";
    private const string Dead = "dead";
    private const string Works = "works";
    private const string NewRoles = Verdicts.AliveWithNewRoles;
    private const string AccessDead = "refresh alive, access dead";

    public static IReadOnlyList<(KillRow Row, Func<KillScene, Task> PullAsync)> Rows { get; } =
    [
        // trigger; this session: refresh, access; other sessions; API tokens; other users; a new sign-in
        (Row("logout `this`", Dead, Dead, Alive, Alive, Alive, Works), Triggers.LogOutThisAsync),
        (Row("logout `others`", Alive, Alive, Dead, Alive, Alive, Works), Triggers.LogOutOthersAsync),
        (Row("logout `all`", Dead, Dead, Dead, Alive, Alive, Works), Triggers.LogOutAllAsync),
        (Row("password change", Dead, Dead, Dead, Dead, Alive, Works), Triggers.ChangePasswordAsync),
        (Row("password reset by an administrator", Dead, Dead, Dead, Dead, Alive, Works), Triggers.ResetPasswordAsync),
        (Row("refresh-token reuse (`ReuseScope=Family`, the default)", Dead, Dead, Alive, Alive, Alive, Works), Triggers.ReuseAsync),
        (Row("refresh-token reuse (`ReuseScope=User`)", Dead, Dead, Dead, Dead, Alive, Works), Triggers.ReuseWhereItKillsTheUserAsync),
        (Row("administrator: session", Dead, Dead, Alive, Alive, Alive, Works), Triggers.RevokeSessionAsync),
        (Row("administrator: user", Dead, Dead, Dead, Dead, Alive, Works), Triggers.RevokeUserAsync),
        (Row("user disabled", Dead, Dead, Dead, Dead, Alive, "refused"), Triggers.DisableAsync),
        (Row("user deleted", Dead, Dead, Dead, Dead, Alive, "refused"), Triggers.DeleteAsync),
        (Row("second factor taken away", Dead, Dead, Dead, Dead, Alive, Works), Triggers.RemoveSecondFactorAsync),
        (Row("second factor reset by an administrator", Dead, Dead, Dead, Dead, Alive, Works), Triggers.ResetSecondFactorAsync),
        (Row("roles changed", NewRoles, Dead, "refresh alive, with the new roles, access dead", NewRoles, Alive, Works), Triggers.ChangeRolesAsync),
        (Row("session cap exceeded (evict oldest)", "new one alive", "new one alive", "oldest dead, others alive", Alive, Alive, Works), Triggers.ExceedCapAsync),
        (Row("`/oauth/revoke` of an access token", Alive, "that one dead, others alive", Alive, Alive, Alive, Works), Triggers.RevokeAccessTokenAsync),
        (Row("`/oauth/revoke` of a refresh token", Dead, Dead, Alive, Alive, Alive, Works), Triggers.RevokeRefreshTokenAsync),
        (Row("login over the same browser's session", Dead, Dead, Alive, Alive, Alive, Works), Triggers.LogInOverAsync),
        (Row("delete one session", "that one dead", "that one dead", "others alive", Alive, Alive, Works), Triggers.DeleteSessionAsync),
        (Row("delete one API token", Alive, Alive, Alive, "that one dead, others alive", Alive, Works), Triggers.DeleteApiTokenAsync),
        (Row("plain rotation", "old one spent, new one alive", "earlier ones alive, new one alive", Alive, Alive, Alive, Works), Triggers.RotateAsync),
        (Row("administrator: key", Alive, "signed by it dead, others alive", AccessDead, Alive, "refresh alive, access dead, API tokens alive", Works), Triggers.RevokeKeyAsync),
        (Row("administrator: everything", Dead, Dead, Dead, Dead, Dead, Works), Triggers.RevokeEverythingAsync),
    ];

    private static KillRow Row(string trigger, string refresh, string access, string others, string apiTokens, string otherUsers, string newSignIn)
        => new(trigger, new KillCells(refresh, access, others, apiTokens, otherUsers, newSignIn));
}
