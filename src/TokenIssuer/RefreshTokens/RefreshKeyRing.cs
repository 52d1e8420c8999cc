using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TokenIssuer.Signing;

namespace TokenIssuer.RefreshTokens;

/// <summary>
/// The refresh master keys: <c>refresh-N.key</c>, 32 random bytes as base64. The newest seals, once every issuer that
/// shares the folder has had time to read it; the others open what they sealed until no family can hold it any more.
/// </summary>
internal sealed class RefreshKeyRing(KeyDirectory directory, IOptions<TokenIssuerOptions> options, TimeProvider clock)
{
    private const string Extension = ".key";
    private static readonly TimeSpan s_rotateEvery = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(15);

    private readonly Lock _loading = new();
    private Ring _ring = new([], null);

    /// <summary>The key that seals new tokens.</summary>
    public RefreshKey Current => Volatile.Read(ref _ring).Current
        ?? throw new TokenStoreUnavailableException("There is no refresh master key.");

    public bool TryGet(byte id, [NotNullWhen(true)] out RefreshKey? key)
        => Volatile.Read(ref _ring).ById.TryGetValue(id, out key);

    /// <summary>Reads the folder again, and creates the first and every due key.</summary>
    public void Load()
    {
        lock (_loading)
        {
            var files = directory.List(Extension);
            if (options.Value.Keys.Generate && (files.Count == 0 || clock.GetUtcNow() - files[^1].CreatedAt >= s_rotateEvery))
            {
                var number = files.Count == 0 ? 1 : files[^1].Number + 1;
                directory.TryCreate($"refresh-{number}{Extension}", Convert.ToBase64String(RandomNumberGenerator.GetBytes(RefreshKey.Size)));
                files = directory.List(Extension);
            }

            if (options.Value.Keys.Generate)
            {
                files = DropOutlived(files);
            }

            Volatile.Write(ref _ring, Read(files));
        }
    }

    /// <summary>A key is of no use once the longest family that its last token can belong to has ended.</summary>
    private List<KeyFile> DropOutlived(IReadOnlyList<KeyFile> files)
    {
        var kept = new List<KeyFile>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            var isOutlived = i + 1 < files.Count
                && clock.GetUtcNow() - files[i + 1].CreatedAt > options.Value.AbsoluteLifetime + TimeSpan.FromDays(1);
            if (isOutlived)
            {
                KeyDirectory.Delete(files[i]);
            }
            else
            {
                kept.Add(files[i]);
            }
        }

        return kept;
    }

    private Ring Read(IReadOnlyList<KeyFile> files)
    {
        var known = Volatile.Read(ref _ring).ById;
        var byId = new Dictionary<byte, RefreshKey>();
        RefreshKey? current = null;
        foreach (var file in files)
        {
            var key = known.TryGetValue((byte)file.Number, out var loaded) && loaded.Number == file.Number
                ? loaded
                : new RefreshKey(file.Number, Convert.FromBase64String(file.Read().Trim()));
            byId[key.Id] = key;
            if (current is null || clock.GetUtcNow() - file.CreatedAt >= s_settle)
            {
                current = key;
            }
        }

        return new Ring(byId, current);
    }

    private sealed record Ring(Dictionary<byte, RefreshKey> ById, RefreshKey? Current);
}
