using TokenIssuer.Revocation;

namespace TokenIssuer.Families;

/// <summary>What the caller's replica has seen: a store that knows less has lost something.</summary>
/// <param name="Floors">Of the user in question, <c>all</c> included.</param>
/// <param name="Cursor">Up to where the replica has read the log; null before the first read.</param>
internal readonly record struct Knowledge(UserFloors Floors, LogCursor? Cursor);
