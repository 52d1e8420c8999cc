using System.Numerics;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// Remembers which tokens were found right, because verifying is what costs. It says "the signature was valid", never "the
/// request is allowed": expiry and denylist are asked after every hit. Failures are never kept.
/// </summary>
/// <remarks>
/// An array of small sets, read and written without a lock: what two writers do to one place at once costs at most a
/// verification. Its size is fixed; within a set the first token that was not asked for since the last visit gives way.
/// </remarks>
internal sealed class VerifiedTokenCache
{
    private const int Ways = 8;

    private readonly Entry?[] _entries;
    private readonly TimeProvider _clock;
    private readonly int _setMask;

    /// <param name="capacity">How many tokens at most, rounded up to a power of two; 0 remembers none.</param>
    /// <param name="clock">Tells which tokens have expired and may give way first.</param>
    public VerifiedTokenCache(int capacity, TimeProvider clock)
    {
        _clock = clock;
        _entries = capacity <= 0 ? [] : new Entry?[Math.Max(Ways, (int)BitOperations.RoundUpToPowerOf2((uint)capacity))];
        _setMask = (_entries.Length / Ways) - 1;
    }

    public int Capacity => _entries.Length;

    public int Count => _entries.Count(entry => Volatile.Read(ref entry) is not null);

    /// <summary>The token, if it was verified against these very keys.</summary>
    public VerifiedAccessToken? Find(in TokenDigest digest, KeySet keys)
    {
        if (_entries.Length == 0)
        {
            return null;
        }

        var set = SetOf(digest);
        for (var way = 0; way < Ways; way++)
        {
            ref var place = ref _entries[set + way];
            if (Volatile.Read(ref place) is { } entry && entry.Digest == digest)
            {
                if (!ReferenceEquals(entry.Keys, keys))
                {
                    // The keys have changed since; what an absent key had vouched for is forgotten.
                    Volatile.Write(ref place, null);
                    return null;
                }

                entry.WasUsed = true;
                return entry.Token;
            }
        }

        return null;
    }

    public void Add(in TokenDigest digest, KeySet keys, VerifiedAccessToken token)
    {
        if (_entries.Length > 0)
        {
            Volatile.Write(ref _entries[PlaceIn(SetOf(digest), (int)digest.High & (Ways - 1))], new Entry(digest, keys, token));
        }
    }

    private int SetOf(in TokenDigest digest) => ((int)digest.Low & _setMask) * Ways;

    /// <summary>An empty place or an expired token's; else the first that was not used since it was last passed.</summary>
    private int PlaceIn(int set, int start)
    {
        var now = _clock.GetUtcNow().ToUnixTimeSeconds();
        for (var way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref _entries[set + way]) is not { } entry || entry.Token.Validity.Expires <= now)
            {
                return set + way;
            }
        }

        for (var step = 0; step < Ways; step++)
        {
            var place = set + ((start + step) & (Ways - 1));
            if (Volatile.Read(ref _entries[place]) is not { WasUsed: true } entry)
            {
                return place;
            }

            entry.WasUsed = false;
        }

        return set + start;
    }

    private sealed class Entry(TokenDigest digest, KeySet keys, VerifiedAccessToken token)
    {
        public readonly TokenDigest Digest = digest;

        public KeySet Keys => keys;

        public VerifiedAccessToken Token => token;

        public bool WasUsed { get; set; }
    }
}
