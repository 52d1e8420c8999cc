using Microsoft.Extensions.Options;
using TokenIssuer.Signing;

namespace TokenIssuer.Validation.Keys;

/// <summary>The keys of the issuer in this process.</summary>
internal sealed class LocalIssuerKeys(KeyRing ring, IOptions<TokenIssuerOptions> options) : IssuerKeys
{
    private Snapshot? _snapshot;

    public override KeySet? Current
    {
        get
        {
            var keys = ring.Keys;
            var known = Volatile.Read(ref _snapshot);
            if (known is not null && ReferenceEquals(known.Ring, keys))
            {
                return known.Set;
            }

            if (keys.Count == 0)
            {
                return null;
            }

            var set = KeySet.Of(options.Value.Issuer, [.. keys.Select(key => key.Key.PublicKey)]).OrSame(known?.Set);
            Volatile.Write(ref _snapshot, new Snapshot(keys, set));
            return set;
        }
    }

    public override ValueTask<KeySet?> FindAsync(string keyId, CancellationToken cancellationToken) => new(Current);

    private sealed record Snapshot(IReadOnlyList<RingKey> Ring, KeySet Set);
}
