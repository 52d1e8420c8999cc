using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TokenIssuer.Families;
using TokenIssuer.RefreshTokens;
using TokenIssuer.Revocation;

namespace TokenIssuer.Sqlite;

/// <summary>
/// The embedded store: one file, durable, shared by the processes of one machine. What changes it goes through the one
/// writer of the process; what only reads has connections of its own.
/// </summary>
internal sealed partial class SqliteTokenFamilyStore : ITokenFamilyStore, IAsyncDisposable
{
    private readonly StoreFile _file;
    private readonly TimeProvider _clock;
    private readonly ILogger<SqliteTokenFamilyStore> _logger;
    private readonly TimeSpan _retention;
    private readonly Lock _opening = new();
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly LogWatch _watch;
    private bool _isDisposed;

    public SqliteTokenFamilyStore(
        StoreFile file, IOptions<TokenIssuerOptions> options, TimeProvider clock, ILogger<SqliteTokenFamilyStore> logger)
    {
        _file = file;
        _clock = clock;
        _logger = logger;
        _retention = options.Value.Retention;
        _watch = new LogWatch(Open, clock);
        var settled = new SettledClock(clock);
        _readers = new ReadPool(file, Open, clock, settled);
        _writer = new Writer(file, Open, _watch.Ring, clock, settled, logger);
    }

    /// <summary>How many transactions were committed; verbs that arrive together share one.</summary>
    internal long Transactions => _writer.Transactions;

    public async Task<UserStanding> ReadUserAsync(UserKey user, Knowledge known, CancellationToken cancellationToken)
    {
        var (standing, isTimeNoted) = await _readers.RunAsync(
            step =>
            {
                step.Store.ThrowUnlessSeen(known.Cursor);
                var record = step.Users.Find(user);
                return (new UserStanding(record?.Subject, step.FloorsOf(record, known.Floors), step.Now), step.Store.Seen(step.Now) == step.Store);
            },
            cancellationToken).ConfigureAwait(false);
        if (!isTimeNoted)
        {
            // The token of a client is minted with this time and without a step of its own. Once a minute.
            await CheckAsync(cancellationToken).ConfigureAwait(false);
        }

        return standing;
    }

    public Task<FamilyStarted> StartFamilyAsync(FamilyStart start, Knowledge known, CancellationToken cancellationToken) => _writer.RunAsync(
        (start, known), static (step, it) => FamilySteps.Start(step, it.start, it.known), cancellationToken);

    public Task<Rotation> RotateAsync(RotationRequest request, Knowledge known, CancellationToken cancellationToken) => _writer.RunAsync(
        (request, known), static (step, it) => FamilySteps.Rotate(step, it.request, it.known), cancellationToken);

    public Task<Killed> RevokeFamilyAsync(SessionId session, RevocationReason reason, CancellationToken cancellationToken) => _writer.RunAsync(
        (session, reason), static (step, it) => RevocationSteps.RevokeFamily(step, it.session, it.reason), cancellationToken);

    public Task<Killed> RevokeOtherFamiliesAsync(SessionId keep, RevocationReason reason, CancellationToken cancellationToken) => _writer.RunAsync(
        (keep, reason), static (step, it) => RevocationSteps.RevokeOthers(step, it.keep, it.reason), cancellationToken);

    public Task<Killed> RevokeUserAsync(
        UserKey user, Subject subject, KillReach reach, RevocationReason reason, Knowledge known, CancellationToken cancellationToken) => _writer.RunAsync(
        (user, subject, reach, reason, known),
        static (step, it) => RevocationSteps.RevokeUser(step, it.user, it.subject, it.reach, it.reason, it.known),
        cancellationToken);

    public async Task<Killed> RevokeAllAsync(RevocationReason reason, long highestKnown, CancellationToken cancellationToken)
    {
        var (before, entry) = await _writer.RunAsync(
            (reason, highestKnown),
            static (step, it) => (step.Store.AllGeneration, Entry: (RevocationEntry.All)step.RaiseAll(it.reason, it.highestKnown)),
            cancellationToken).ConfigureAwait(false);

        // The kill is one write and waits for nobody. Who died of it is counted afterwards: the dead still lie where they were.
        // A count that fails, or a caller who leaves, takes nothing back.
        try
        {
            var died = await _readers.RunAsync(step => Count(step, before, entry.MinGeneration), CancellationToken.None).ConfigureAwait(false);
            return died with { Entries = [entry] };
        }
        catch (TokenStoreUnavailableException)
        {
            return new Killed(0, 0, [entry]) { IsAtLeast = true };
        }
    }

    public Task<IReadOnlyList<TokenFamily>> ListFamiliesAsync(UserKey user, Knowledge known, CancellationToken cancellationToken) => _readers.RunAsync(
        IReadOnlyList<TokenFamily> (step) =>
        {
            step.Store.ThrowUnlessSeen(known.Cursor);
            var record = step.Users.Find(user);
            var living = step.LivingOf(user, record, step.FloorsOf(record, known.Floors));
            living.Sort(static (left, right) => right.CreatedAt.CompareTo(left.CreatedAt));
            return living;
        },
        cancellationToken);

    public Task<Killed> CountAsync(UserKey? user, CancellationToken cancellationToken) => _readers.RunAsync(
        step =>
        {
            if (user is not { } one)
            {
                return Count(step, step.Store.AllGeneration, long.MaxValue);
            }

            var floors = step.FloorsOf(step.Users.Find(one), default);
            return new Killed(
                step.Families.Count(one, floors.Floor, long.MaxValue, step.Now), step.ApiTokens.Count(one, floors.ApiFloor, long.MaxValue, step.Now), []);
        },
        cancellationToken);

    /// <remarks>Asked every few seconds: only a change is written.</remarks>
    public async Task AgreeOnSealKeyAsync(SealKeys held, CancellationToken cancellationToken)
    {
        var isChange = await _readers.RunAsync(step => held.Succeed(step.Store.SealKey) != step.Store.SealKey, cancellationToken).ConfigureAwait(false);
        if (isChange)
        {
            await _writer.RunAsync(held, static (step, keys) => step.Agree(keys), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes, because a disk that is full still reads.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => _writer.RunAsync(
        0L, static (step, _) => step.Touch(), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        // A container disposes it once for each service it is registered as.
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await _watch.DisposeAsync().ConfigureAwait(false);
        _readers.Dispose();
        await _writer.DisposeAsync().ConfigureAwait(false);
    }

    private static Killed Count(StoreStep step, long all, long before) => new(
        step.Families.Count(all, before, step.Now), step.ApiTokens.Count(all, before, step.Now), []);

    private StoreConnection Open()
    {
        lock (_opening)
        {
            var connection = StoreConnection.Open(_file, _clock, _retention, out var isBorn);
            if (isBorn)
            {
                _logger.StoreBorn(_file.Path);
            }

            return connection;
        }
    }
}
