using System.Collections.Concurrent;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Introspection;

/// <summary>Remembers something about tokens, by digest; at most twice <paramref name="capacity"/>, the longest not asked for forgotten first.</summary>
internal sealed class RecentTokens<T>(int capacity)
    where T : class
{
    private ConcurrentDictionary<TokenDigest, T> _young = new();
    private ConcurrentDictionary<TokenDigest, T> _old = new();

    public T? Find(in TokenDigest digest)
    {
        if (_young.TryGetValue(digest, out var known))
        {
            return known;
        }

        if (_old.TryGetValue(digest, out known))
        {
            Add(digest, known);
        }

        return known;
    }

    public void Add(in TokenDigest digest, T value)
    {
        if (_young.Count >= capacity)
        {
            _old = Interlocked.Exchange(ref _young, new ConcurrentDictionary<TokenDigest, T>());
        }

        _young[digest] = value;
    }
}
