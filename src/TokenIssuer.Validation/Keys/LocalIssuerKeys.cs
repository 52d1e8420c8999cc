using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Signing;
using TokenIssuer.Validation.Diagnostics;

namespace TokenIssuer.Validation.Keys;

/// <summary>
/// The keys of the issuer in this process. Another issuer may have made a key since the folder was last read, two of them if it
/// has retired two: an unknown <c>kid</c> has the folder read again, for all requests together, so that invented ones cost nothing.
/// </summary>
internal sealed class LocalIssuerKeys(KeyRing ring, IOptions<TokenIssuerOptions> options, TimeProvider clock, ILogger<LocalIssuerKeys> logger) : IssuerKeys
{
    /// <summary>A handful of files is listed: ten times a second is no work, and nobody's token waits longer for strangers.</summary>
    private static readonly TimeSpan s_betweenReadings = TimeSpan.FromMilliseconds(100);

    private readonly SharedReading _reading = new(s_betweenReadings, clock);
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

    public override ValueTask<KeySet?> FindAsync(string keyId, CancellationToken cancellationToken)
        => Current is { } set && set.Find(keyId) is null ? FindAfterReadingAsync(cancellationToken) : new(Current);

    private async ValueTask<KeySet?> FindAfterReadingAsync(CancellationToken cancellationToken)
        => await _reading.AgainAsync(ReadAsync).WaitAsync(cancellationToken).ConfigureAwait(false) ? Current : null;

    /// <summary>On a thread of its own: the folder may be on a disk that hangs, and many may wait.</summary>
    private Task<bool> ReadAsync() => Task.Run(() =>
    {
        try
        {
            ring.Load();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            logger.KeyFolderUnreadable(failure);
            return false;
        }
    });

    private sealed record Snapshot(IReadOnlyList<RingKey> Ring, KeySet Set);
}
