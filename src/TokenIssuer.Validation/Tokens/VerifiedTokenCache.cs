using System.Numerics;
using TokenIssuer.Validation.Keys;

namespace TokenIssuer.Validation.Tokens;

/// <summary>
/// Remembers which tokens were found right, because verifying is what costs. It says "the signature was valid", never "the
/// request is allowed": expiry and denylist are asked after every hit. Failures are never kept.
/// </summary>
/// <remarks>
/// An array of small sets, read and written without a lock: what two writers do to one place at once costs at most a
/// verification. A token goes to the emptier of two sets, without which many would overflow long before the whole is full.
/// The size is fixed; within a set the first token that was not asked for since the last visit gives way.
/// </remarks>
internal sealed class VerifiedTokenCache
{
    private const int Ways = 8;

    private readonly Entry?[] _entries;
    private readonly TimeProvider _clock;
    private readonly int _setMask;

    // A piece of the digest in each place: a set is searched in one cache line, without a look at its tokens.
    private readonly uint[] _tags;

    /// <param name="capacity">How many tokens at most, rounded up to a power of two; 0 remembers none.</param>
    /// <param name="clock">Tells which tokens have expired and may give way first.</param>
    public VerifiedTokenCache(int capacity, TimeProvider clock)
    {
        _clock = clock;
        _entries = capacity <= 0 ? [] : new Entry?[Math.Max(Ways, (int)BitOperations.RoundUpToPowerOf2((uint)capacity))];
        _tags = new uint[_entries.Length];
        _setMask = (_entries.Length / Ways) - 1;
    }

    public int Capacity => _entries.Length;

    public int Count => _entries.Count(entry => Volatile.Read(ref entry) is not null);

    /// <summary>The token, if it was verified against these very keys.</summary>
    public VerifiedAccessToken? Find(in TokenDigest digest, KeySet keys)
        => _entries.Length == 0 ? null : FindIn(FirstSetOf(digest), digest, keys) ?? FindIn(SecondSetOf(digest), digest, keys);

    public void Add(in TokenDigest digest, KeySet keys, VerifiedAccessToken token)
    {
        if (_entries.Length == 0)
        {
            return;
        }

        var (set, living) = EmptierOf(FirstSetOf(digest), SecondSetOf(digest));
        var place = living < Ways ? FreePlaceIn(set) : VictimIn(set, (int)(digest.High >> 64));
        Volatile.Write(ref _entries[place], new Entry(digest, keys, token));
        Volatile.Write(ref _tags[place], TagOf(digest));
    }

    private static uint TagOf(in TokenDigest digest) => (uint)(digest.Low >> 64);

    private int FirstSetOf(in TokenDigest digest) => ((int)digest.Low & _setMask) * Ways;

    private int SecondSetOf(in TokenDigest digest) => ((int)digest.High & _setMask) * Ways;

    private VerifiedAccessToken? FindIn(int set, in TokenDigest digest, KeySet keys)
    {
        var way = _tags.AsSpan(set, Ways).IndexOf(TagOf(digest));
        if (way < 0)
        {
            return null;
        }

        ref var place = ref _entries[set + way];
        if (Volatile.Read(ref place) is not { } entry || entry.Digest != digest)
        {
            return null;
        }

        if (!ReferenceEquals(entry.Keys, keys))
        {
            // The keys have changed since; what an absent key had vouched for is forgotten.
            Volatile.Write(ref place, null);
            return null;
        }

        if (!entry.WasUsed)
        {
            entry.WasUsed = true;
        }

        return entry.Token;
    }

    private (int Set, int Living) EmptierOf(int first, int second)
    {
        var (inFirst, inSecond) = (CountLiving(first), CountLiving(second));
        return inSecond < inFirst ? (second, inSecond) : (first, inFirst);
    }

    private int CountLiving(int set)
    {
        var living = 0;
        for (var place = set; place < set + Ways; place++)
        {
            living += IsFree(place) ? 0 : 1;
        }

        return living;
    }

    private int FreePlaceIn(int set)
    {
        for (var place = set; place < set + Ways; place++)
        {
            if (IsFree(place))
            {
                return place;
            }
        }

        // Another writer was faster.
        return set;
    }

    /// <summary>Whether a place is empty, or its token has expired.</summary>
    private bool IsFree(int place)
        => Volatile.Read(ref _entries[place]) is not { } entry || entry.Token.Validity.Expires <= _clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The first that was not used since it was last passed.</summary>
    private int VictimIn(int set, int start)
    {
        for (var step = 0; step < Ways; step++)
        {
            var place = set + ((start + step) & (Ways - 1));
            if (Volatile.Read(ref _entries[place]) is not { WasUsed: true } entry)
            {
                return place;
            }

            entry.WasUsed = false;
        }

        return set + (start & (Ways - 1));
    }

    private sealed class Entry(TokenDigest digest, KeySet keys, VerifiedAccessToken token)
    {
        public readonly TokenDigest Digest = digest;

        public KeySet Keys => keys;

        public VerifiedAccessToken Token => token;

        public bool WasUsed { get; set; }
    }
}
