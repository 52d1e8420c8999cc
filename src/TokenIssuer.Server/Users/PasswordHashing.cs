using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Identity;

namespace TokenIssuer.Server.Users;

/// <summary>
/// Hashes passwords, dear by design, on a bounded share of the cores: a storm of logins queues here, and refreshes go on.
/// </summary>
internal sealed class PasswordHashing(IPasswordHasher<DirectoryUser> hasher) : IDisposable
{
    /// <summary>PBKDF2 with HMAC-SHA512, as the OWASP cheat sheet asks.</summary>
    public const int Iterations = 210_000;

    /// <summary>The hash of a password that nobody knows, under the parameters above: unknown users cost what known ones do.</summary>
    internal const string NobodysHash = "AQAAAAIAAzRQAAAAEGN1dtGBqA9NSRmPfvZyTMUB5CU8UguW52ESwZLvAaqzhNf9c7nGKqPjbgwuXAsIag==";

    private const int LongestQueue = 128;

    private readonly DirectoryUser _nobody = new();

    private readonly ConcurrencyLimiter _gate = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Math.Max(1, Environment.ProcessorCount - 1),
        QueueLimit = LongestQueue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn; dispose what is returned when the work is done.</summary>
    /// <exception cref="TokenStoreUnavailableException">Too many are waiting.</exception>
    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        var turn = await _gate.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        if (turn.IsAcquired)
        {
            return turn;
        }

        turn.Dispose();
        throw new TokenStoreUnavailableException("More logins are waiting than the machine can hash in time.");
    }

    /// <summary>Verifies a password; for nobody it does the same work in vain.</summary>
    public async Task<bool> IsRightAsync(DirectoryUser? user, string password, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        var verdict = hasher.VerifyHashedPassword(user ?? _nobody, user?.PasswordHash ?? NobodysHash, password);
        return verdict != PasswordVerificationResult.Failed && user?.PasswordHash is not null;
    }

    public void Dispose() => _gate.Dispose();
}
