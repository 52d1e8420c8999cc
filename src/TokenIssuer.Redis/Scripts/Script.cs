using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Scripts;

/// <summary>
/// An embedded script. The number at the end of its name is how many keys it takes. A line <c>-- INCLUDES a, b</c> puts the
/// files <c>a.lua</c> and <c>b.lua</c> in front of it, unchanged and in that order; what is sent is the whole.
/// </summary>
internal sealed class Script
{
    private const string IncludesMark = "-- INCLUDES ";

    private Script(string name)
    {
        Name = name;
        KeyCount = int.Parse(name.AsSpan(name.LastIndexOf('-') + 1), CultureInfo.InvariantCulture);
        var body = ReadFile(name);
        Text = string.Concat(Includes(body).Select(ReadFile)) + body;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; it protects nothing.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public static Script ReadUser { get; } = new("read-user-3");

    public static Script ListFamilies { get; } = new("list-families-3");

    public static Script StartFamily { get; } = new("start-family-4");

    public static Script RotateFamily { get; } = new("rotate-family-4");

    public static Script RevokeFamily { get; } = new("revoke-family-4");

    public static Script RevokeOthers { get; } = new("revoke-others-4");

    public static Script RevokeUser { get; } = new("revoke-user-5");

    public static Script AddApiToken { get; } = new("add-api-token-5");

    public static Script UseApiToken { get; } = new("use-api-token-5");

    public static Script ListApiTokens { get; } = new("list-api-tokens-5");

    public static Script RevokeApiToken { get; } = new("revoke-api-token-5");

    public static Script RevokeAll { get; } = new("revoke-all-4");

    public static Script AssertFamily { get; } = new("assert-family-4");

    public static Script AssertUser { get; } = new("assert-user-5");

    public static Script AssertMark { get; } = new("assert-mark-4");

    public static Script AssertAll { get; } = new("assert-all-4");

    public static Script CreateStore { get; } = new("create-store-2");

    public static Script JoinPartition { get; } = new("join-partition-1");

    public static Script CompleteStore { get; } = new("complete-store-1");

    public static Script RecordSealKey { get; } = new("record-seal-key-1");

    public static Script RaiseState { get; } = new("raise-state-1");

    public static Script ScanUsers { get; } = new("scan-users-1");

    public static Script CountAttempt { get; } = new("count-attempt-1");

    public string Name { get; }

    public int KeyCount { get; }

    public string Text { get; }

    public byte[] Hash { get; }

    /// <summary>Runs it: by its hash, and in full when Redis has forgotten it, which <c>SCRIPT FLUSH</c> may do at any moment.</summary>
    public async Task<RedisResult[]> EvaluateAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return (RedisResult[])await database.ScriptEvaluateAsync(Hash, keys, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            object[] parts = [Text, keys.Length, .. keys, .. arguments];
            return (RedisResult[])await database.ExecuteAsync("EVAL", parts).ConfigureAwait(false);
        }
    }

    public override string ToString() => Name;

    private static string[] Includes(string body)
    {
        var line = body.Split('\n').FirstOrDefault(line => line.StartsWith(IncludesMark, StringComparison.Ordinal));
        return line is null ? [] : line[IncludesMark.Length..].Split(',', StringSplitOptions.TrimEntries);
    }

    private static string ReadFile(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{name}.lua")
            ?? throw new InvalidOperationException($"The script {name}.lua is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
