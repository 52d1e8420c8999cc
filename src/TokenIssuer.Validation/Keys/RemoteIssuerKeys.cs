using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Diagnostics;
using TokenIssuer.Validation.Diagnostics;

namespace TokenIssuer.Validation.Keys;

/// <summary>
/// The keys of an issuer elsewhere. Known keys go on working while it is down; an unknown <c>kid</c> has the set read again at
/// most once a second, for all requests together, so that invented ones cost nothing.
/// </summary>
internal sealed class RemoteIssuerKeys(
    IssuerMetadata metadata,
    IOptions<TokenIssuerValidationOptions> options,
    TimeProvider clock,
    ILogger<RemoteIssuerKeys> logger) : IssuerKeys
{
    private static readonly TimeSpan s_betweenRefreshes = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly SharedReading _reading = new(s_betweenRefreshes, clock);
    private readonly LastingTrouble _silence = new();
    private KeySet? _current;

    public override KeySet? Current => Volatile.Read(ref _current);

    public override ValueTask<KeySet?> FindAsync(string keyId, CancellationToken cancellationToken)
        => Current is { } set && set.Find(keyId) is null ? FindAfterRefreshAsync(cancellationToken) : new(Current);

    /// <summary>Reads the set again, unless that is under way or was just done.</summary>
    /// <returns>Whether the last reading succeeded.</returns>
    public Task<bool> RefreshAsync() => _reading.AgainAsync(ReadAsync);

    private async ValueTask<KeySet?> FindAfterRefreshAsync(CancellationToken cancellationToken)
        => await RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false) ? Current : null;

    private async Task<bool> ReadAsync()
    {
        using var patience = new CancellationTokenSource(s_patience, clock);
        try
        {
            var set = await metadata.ReadAsync(options.Value.Issuer, patience.Token).ConfigureAwait(false);
            Volatile.Write(ref _current, set.OrSame(_current));
            logger.KeysRead(set.Issuer, set.Count);
            _silence.End();
            return true;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or FormatException)
        {
            if (_silence.ShouldTell(clock, failure, out var inFull))
            {
                logger.KeysUnreadable(metadata.Address, failure.Message, inFull);
            }

            return false;
        }
    }
}
