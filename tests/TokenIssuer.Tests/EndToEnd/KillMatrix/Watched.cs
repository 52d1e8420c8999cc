namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>A token that a cell of the matrix speaks of.</summary>
/// <param name="Token">The token, or the tokens of a session.</param>
/// <param name="Label">Tells it from the others of the cell; empty where all share one fate.</param>
internal sealed record Watched<T>(T Token, string Label = "");
