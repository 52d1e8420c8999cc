namespace TokenIssuer.Benchmarks.Http;

/// <summary>What a server of the comparison is given.</summary>
/// <param name="Folder">Keys and databases.</param>
/// <param name="Redis"><c>host:port</c>.</param>
/// <param name="Port">Where it listens.</param>
internal sealed record ArmSurroundings(string Folder, string Redis, int Port)
{
    /// <summary>The issuer whose metadata and revocations the APIs read.</summary>
    public const int IssuerPort = 5980;

    public string KeysFolder => Path.Combine(Folder, "keys");
}
