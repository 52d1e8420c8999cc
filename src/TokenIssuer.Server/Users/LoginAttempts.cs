using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.Server.Throttling;

namespace TokenIssuer.Server.Users;

/// <summary>
/// The account lock-out. An attempt is counted before the password is looked at and given back when it was right, so that
/// many guesses at once can't slip past. It locks for one window, touches no session, and is kept apart by place: each of the
/// last addresses where the owner has signed in has a pool of its own, all others share one. A stranger who goes on guessing
/// from elsewhere locks that one, however many addresses they have, and never keeps the owner out where the owner is known.
/// </summary>
internal sealed class LoginAttempts(DirectoryContext directory, IHttpContextAccessor caller, IOptions<RateLimitOptions> options, TimeProvider clock)
{
    /// <summary>How many addresses of one user are remembered.</summary>
    public const int KnownAddresses = 8;

    /// <summary>
    /// One statement decides which pool counts, counts, locks and tells. It writes one row whatever it decides, for unknown
    /// names and locked accounts too: what it costs tells nobody which case it was.
    /// </summary>
    public async Task<LoginAttempt> TakeAsync(string? userId, CancellationToken cancellationToken)
    {
        var (user, place) = (userId ?? string.Empty, CoarseAddress.Of(caller.HttpContext?.Connection.RemoteIpAddress) ?? string.Empty);
        if (!options.Value.Enabled)
        {
            return new LoginAttempt(user, string.Empty, place, IsPermitted: true);
        }

        var limit = options.Value.Login.PermitLimit;
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var until = now + (long)options.Value.Login.Window.TotalMilliseconds;
        var counted = await directory.LoginPools
            .FromSql($"""
                INSERT INTO "LoginPools" ("UserId", "Address", "Failures", "LockedUntil")
                SELECT {user},
                    COALESCE((SELECT "Address" FROM "LoginPools" WHERE "UserId" = {user} AND "Address" = {place} AND "SignedInAt" IS NOT NULL), ''),
                    1,
                    CASE WHEN {limit} = 1 THEN {until} END
                WHERE 1 = 1
                ON CONFLICT ("UserId", "Address") DO UPDATE SET
                    "Failures" = CASE WHEN "LoginPools"."LockedUntil" <= {now} THEN 1 ELSE "LoginPools"."Failures" + 1 END,
                    "LockedUntil" = CASE
                        WHEN "LoginPools"."LockedUntil" > {now} THEN "LoginPools"."LockedUntil"
                        WHEN {limit} = 1 OR ("LoginPools"."LockedUntil" IS NULL AND "LoginPools"."Failures" + 1 >= {limit}) THEN {until}
                    END
                RETURNING *
                """)
            .AsNoTracking()
            .ToListAsync(cancellationToken).ConfigureAwait(false);

        // The count goes on while the pool is locked, and starts over with the first attempt after it.
        return new LoginAttempt(user, counted[0].Address, place, counted[0].Failures <= limit);
    }

    /// <summary>Starts the count over: the attempt was right.</summary>
    public Task GiveBackAsync(LoginAttempt attempt, CancellationToken cancellationToken) => options.Value.Enabled
        ? directory.LoginPools
            .Where(pool => pool.UserId == attempt.UserId && pool.Address == attempt.Pool)
            .ExecuteUpdateAsync(
                pool => pool.SetProperty(p => p.Failures, 0).SetProperty(p => p.LockedUntil, (DateTimeOffset?)null),
                cancellationToken)
        : Task.CompletedTask;

    /// <summary>Gives it back and remembers the place: everything that was asked for was right.</summary>
    public async Task WelcomeAsync(LoginAttempt attempt, CancellationToken cancellationToken)
    {
        await GiveBackAsync(attempt, cancellationToken).ConfigureAwait(false);
        if (!options.Value.Enabled || attempt.Place.Length == 0)
        {
            return;
        }

        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await directory.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "LoginPools" ("UserId", "Address", "Failures", "SignedInAt")
            SELECT "Id", {attempt.Place}, 0, {now} FROM "Users" WHERE "Id" = {attempt.UserId}
            ON CONFLICT ("UserId", "Address") DO UPDATE SET "SignedInAt" = {now}
            """,
            cancellationToken).ConfigureAwait(false);
        if (attempt.Pool != attempt.Place)
        {
            await ForgetOldestAsync(attempt.UserId, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<int> ForgetOldestAsync(string userId, CancellationToken cancellationToken) => directory.Database.ExecuteSqlAsync(
        $"""
        DELETE FROM "LoginPools" WHERE "UserId" = {userId} AND "Address" <> '' AND "Address" NOT IN (
            SELECT "Address" FROM "LoginPools" WHERE "UserId" = {userId} AND "SignedInAt" IS NOT NULL
            ORDER BY "SignedInAt" DESC, "Address" LIMIT {KnownAddresses})
        """,
        cancellationToken);
}
