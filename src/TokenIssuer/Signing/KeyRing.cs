using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Diagnostics;

namespace TokenIssuer.Signing;

/// <summary>
/// The signing keys. Their phases follow from the files alone, so that all issuers that share the folder agree: the newest
/// is announced, the one before it signs, older ones retire. Creating the next file is what promotes.
/// </summary>
internal sealed class KeyRing(KeyDirectory directory, IOptions<TokenIssuerOptions> options, TimeProvider clock, ILogger<KeyRing> logger)
{
    public const string Extension = ".pem";

    private readonly Lock _loading = new();
    private readonly Dictionary<KeyFile, SigningKey> _loaded = [];

    // For good: a file that nobody could delete, or that a deployment puts back, must not sign again.
    private readonly HashSet<string> _retired = new(StringComparer.Ordinal);
    private IReadOnlyList<KeyFile> _files = [];
    private IReadOnlyList<RingKey> _keys = [];
    private SigningKey? _current;

    /// <summary>All keys of the JWKS, oldest first.</summary>
    public IReadOnlyList<RingKey> Keys => Volatile.Read(ref _keys);

    /// <summary>The key that signs now.</summary>
    public SigningKey Current => Volatile.Read(ref _current)
        ?? throw new TokenStoreUnavailableException("There is no signing key.");

    /// <summary>The first moment at which the announced key may sign; null when nothing is announced.</summary>
    public DateTimeOffset? SignsFrom => Keys.LastOrDefault(key => key.Phase == KeyPhase.Announced)?.Key.CreatedAt + options.Value.Keys.AnnounceFor;

    /// <summary>Reads the folder again, creates the first keys and every due one, and drops those whose last token has expired.</summary>
    /// <exception cref="InvalidOperationException">There is no usable key; the message says what to do.</exception>
    public void Load()
    {
        lock (_loading)
        {
            var files = options.Value.Keys.Generate ? DropOutlived(CreateMissing(ListLiving())) : directory.List(Extension);
            if (files.Count == 0)
            {
                throw new InvalidOperationException(
                    $"There is no signing key (*.pem) in {directory.FullPath}: put a PKCS#8 PEM file with a P-256 key there, or set TokenIssuer:Keys:Generate to true.");
            }

            Publish(files);
        }
    }

    /// <summary>Promotes the announced key and announces another.</summary>
    public KeyRotation TryRotate()
    {
        lock (_loading)
        {
            Load();
            if (!options.Value.Keys.Generate)
            {
                return KeyRotation.Deployed;
            }

            if (SignsFrom is not { } signsFrom || signsFrom > clock.GetUtcNow())
            {
                return KeyRotation.TooEarly;
            }

            Announce(_files);
            Load();
            return KeyRotation.Rotated;
        }
    }

    /// <summary>Retires what the revocation log calls retired, whoever ordered it and however far they came.</summary>
    public void TakeOut(Func<string, bool> isRetired)
    {
        lock (_loading)
        {
            Retire([.. Keys.Where(key => isRetired(key.Key.KeyId))]);
        }
    }

    /// <summary>What <see cref="TryRetire"/> would answer now. Retires nothing.</summary>
    public KeyRetirement JudgeRetirement(string keyId)
    {
        lock (_loading)
        {
            Load();
            return _retired.Contains(keyId) ? KeyRetirement.Retired
                : Find(keyId) is not { } key ? KeyRetirement.Unknown
                : Keys.Count == 1 && !IsSucceeded(key) ? KeyRetirement.LastKey
                : KeyRetirement.Retired;
        }
    }

    /// <summary>Takes a key out at once. Retiring the signing key promotes the announced one.</summary>
    public KeyRetirement TryRetire(string keyId)
    {
        lock (_loading)
        {
            var verdict = JudgeRetirement(keyId);
            if (verdict == KeyRetirement.Retired && Find(keyId) is { } key)
            {
                Retire([key]);
            }

            return verdict;
        }
    }

    private RingKey? Find(string keyId) => Keys.FirstOrDefault(key => key.Key.KeyId == keyId);

    /// <summary>Whether another key is made when this one goes.</summary>
    private bool IsSucceeded(RingKey key) => options.Value.Keys.Generate && key.Phase != KeyPhase.Retiring;

    private void Retire(List<RingKey> keys)
    {
        if (keys.Count == 0)
        {
            return;
        }

        // Out of memory first: that holds whatever becomes of the folder.
        _retired.UnionWith(keys.Select(key => key.Key.KeyId));
        Publish(_files);
        foreach (var key in keys)
        {
            if (IsSucceeded(key))
            {
                Announce(_files);
            }

            Delete(key.File);
        }

        Load();
    }

    /// <summary>What an operator deployed is the operator's to replace: the place of its file in the row tells who signs.</summary>
    private void Delete(KeyFile file)
    {
        try
        {
            if (options.Value.Keys.Generate)
            {
                KeyDirectory.Delete(file);
                return;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It is out of the ring all the same.
        }

        logger.RetiredKeyLeft(file.Path);
    }

    private IReadOnlyList<KeyFile> CreateMissing(IReadOnlyList<KeyFile> files)
    {
        while (files.Count < 2)
        {
            Announce(files);
            files = ListLiving();
        }

        var signingSince = files[^1].CreatedAt;
        if (clock.GetUtcNow() - signingSince < options.Value.Keys.RotateEvery)
        {
            return files;
        }

        Announce(files);
        return ListLiving();
    }

    private IReadOnlyList<KeyFile> ListLiving() => [.. directory.List(Extension).Where(file => !IsRetired(file))];

    private bool IsRetired(KeyFile file) => _retired.Count > 0 && _retired.Contains(Read(file).KeyId);

    private SigningKey Read(KeyFile file)
    {
        if (!_loaded.TryGetValue(file, out var key))
        {
            _loaded[file] = key = SigningKey.Read(file);
        }

        return key;
    }

    private void Announce(IReadOnlyList<KeyFile> files)
    {
        var number = files.Count == 0 ? 1 : files[^1].Number + 1;
        while (_retired.Count > 0 && directory.List(Extension).Any(file => file.Number == number && IsRetired(file)))
        {
            number++;
        }

        if (directory.TryCreate($"signing-{number}{Extension}", SigningKey.Generate()))
        {
            logger.SigningKeyCreated(number);
        }
    }

    private List<KeyFile> DropOutlived(IReadOnlyList<KeyFile> files)
    {
        var kept = new List<KeyFile>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            // Key i stopped signing when file i + 2 was created, which promoted key i + 1.
            if (i + 2 < files.Count && clock.GetUtcNow() - files[i + 2].CreatedAt > options.Value.Keys.RetainFor)
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

    /// <summary>Where the key that would sign is retired, the announced one does: every verifier has it.</summary>
    private void Publish(IReadOnlyList<KeyFile> files)
    {
        var signing = Math.Max(0, files.Count - 2);
        while (signing < files.Count && IsRetired(files[signing]))
        {
            signing++;
        }

        var keys = new List<RingKey>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            keys.Add(new RingKey(Read(files[i]), i < signing ? KeyPhase.Retiring : i == signing ? KeyPhase.Signing : KeyPhase.Announced, files[i]));
        }

        if (keys.DistinctBy(key => key.Key.KeyId).Count() != keys.Count)
        {
            throw new InvalidOperationException($"Two files in {directory.FullPath} hold the same key: remove one.");
        }

        _files = files;
        Volatile.Write(ref _current, signing < keys.Count ? keys[signing].Key : null);
        Volatile.Write(ref _keys, [.. keys.Where(key => !_retired.Contains(key.Key.KeyId))]);
    }
}

/// <summary>A key of the ring and its phase.</summary>
internal sealed record RingKey(SigningKey Key, KeyPhase Phase, KeyFile File);
