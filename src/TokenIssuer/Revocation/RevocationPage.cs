namespace TokenIssuer.Revocation;

/// <summary>A piece of the revocation log.</summary>
/// <param name="Entries">What came since the cursor asked for; a snapshot has everything in force. Always with the current <c>all</c> in a snapshot.</param>
/// <param name="Cursor">Where to read on.</param>
/// <param name="Age">How old the view of the source was when it was sent: zero when read from the store itself.</param>
/// <param name="Retention">How long an entry written now is kept; a replica keeps none longer.</param>
/// <param name="IsSnapshot">The cursor asked for was none, or could not be continued.</param>
internal sealed record RevocationPage(IReadOnlyList<RevocationEntry> Entries, LogCursor Cursor, TimeSpan Age, TimeSpan Retention, bool IsSnapshot);
