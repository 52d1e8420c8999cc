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
    public const string Extension = ".key";
    private static readonly TimeSpan s_rotateEvery = TimeSpan.FromDays(30);

    // The folder is re-read every few seconds, but a network file system may show a new file only after a minute.
    private static readonly TimeSpan s_settle = TimeSpan.FromMinutes(2);

    private readonly Lock _loading = new();
    private Ring _ring = new([], null);

    /// <summary>The key that seals new tokens.</summary>
    public RefreshKey Current => Volatile.Read(ref _ring).Current
        ?? throw new TokenStoreUnavailableException("There is no refresh master key.");

    /// <summary>What the store compares, so that issuers with different folders are noticed.</summary>
    public SealKeys Held
    {
        get
        {
            var ring = Volatile.Read(ref _ring);
            RefreshKey[] keys = [.. ring.ById.Values.Select(loaded => loaded.Key).OrderBy(key => key.Number)];
            return ring.Current is { } current
                ? new SealKeys([.. keys.Select(key => key.Fingerprint)], Array.IndexOf(keys, current))
                : throw new TokenStoreUnavailableException("There is no refresh master key.");
        }
    }

    public bool TryGet(byte id, [NotNullWhen(true)] out RefreshKey? key)
    {
        key = Volatile.Read(ref _ring).ById.TryGetValue(id, out var loaded) ? loaded.Key : null;
        return key is not null;
    }

    /// <summary>Reads the folder again, and creates the first and every due key.</summary>
    /// <exception cref="InvalidOperationException">There is no usable key; the message says what to do.</exception>
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

            // Not at the first look: the store may still name the key that sealed when this folder was last used.
            if (options.Value.Keys.Generate && Volatile.Read(ref _ring).Current is not null)
            {
                files = DropOutlived(files);
            }

            if (files.Count == 0)
            {
                throw new InvalidOperationException(
                    $"There is no refresh master key (refresh-1.key) in {directory.FullPath}: put 32 random bytes as base64 there, or set TokenIssuer:Keys:Generate to true.");
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
        var byId = new Dictionary<byte, LoadedKey>();
        RefreshKey? current = null;
        foreach (var file in files)
        {
            var key = known.TryGetValue((byte)file.Number, out var loaded) && loaded.File == file ? loaded.Key : Read(file);
            if (!byId.TryAdd(key.Id, new LoadedKey(file, key)))
            {
                throw new InvalidOperationException($"Two refresh master keys in {directory.FullPath} have the number {file.Number}: rename or remove one.");
            }

            if (current is null || clock.GetUtcNow() - file.CreatedAt >= s_settle)
            {
                current = key;
            }
        }

        return new Ring(byId, current);
    }

    private static RefreshKey Read(KeyFile file)
    {
        var master = new byte[RefreshKey.Size];
        return Convert.TryFromBase64String(file.Read().Trim(), master, out var size) && size == RefreshKey.Size
            ? new RefreshKey(file.Number, master)
            : throw new InvalidOperationException(
                $"{Path.GetFileName(file.Path)} in the keys folder is no refresh master key, which is 32 random bytes as base64: replace or remove it.");
    }

    private sealed record LoadedKey(KeyFile File, RefreshKey Key);

    private sealed record Ring(Dictionary<byte, LoadedKey> ById, RefreshKey? Current);
}
