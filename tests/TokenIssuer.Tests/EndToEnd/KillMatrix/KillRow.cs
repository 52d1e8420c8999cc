namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>One row of the kill matrix.</summary>
/// <param name="Trigger">What happens, in Markdown.</param>
/// <param name="Cells">What is alive and dead after it.</param>
internal sealed record KillRow(string Trigger, KillCells Cells);

/// <summary>The cells of a row, in the words of <see cref="KillScene"/>.</summary>
internal sealed record KillCells(string Refresh, string Access, string OtherSessions, string ApiTokens, string OtherUsers, string NewSignIn);
