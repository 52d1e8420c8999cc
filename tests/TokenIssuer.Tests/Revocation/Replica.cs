using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;
using TokenIssuer.Tests.Redis;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.Revocation;

/// <summary>
/// What of an issuer follows the log of a model store: denylist, witness and healing. It reads on only when a test says so,
/// and the verbs of healing can be made to fail.
/// </summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly ModelStore _store;

    public Replica(ModelStore store, ManualClock clock, string witnessPath)
    {
        _store = store;
        Denylist = new Denylist(clock);
        var verbs = Substitute.For<ITokenFamilyStore>();
        verbs.AppendAsync(default!, default).ReturnsForAnyArgs(call => Step("append", () => store.AppendAsync(call.Arg<IReadOnlyList<RevocationEntry>>(), default)));
        verbs.RaiseEpochAsync(default, default).ReturnsForAnyArgs(call => Step("raise", () => store.RaiseEpochAsync(call.Arg<long>(), default)));
        verbs.DisownAsync(default, default, default).ReturnsForAnyArgs(
            call => Step("disown", () => store.DisownAsync(call.ArgAt<long>(0), call.ArgAt<long>(1), default)));
        Audit = Substitute.For<IAuditTrail>();
        Witness = new StoreWitness(witnessPath, clock, NullLogger<StoreWitness>.Instance);
        var loggers = new LoggerFactory([Log]);
        Healing = new LossHealing(
            verbs, new SteppedFeed(this), Denylist, Witness, new AuditLog(Audit, loggers.CreateLogger<AuditLog>()), loggers.CreateLogger<LossHealing>());
    }

    /// <summary>The steps of healing that were taken, in order.</summary>
    public List<string> Steps { get; } = [];

    /// <summary>Runs before each step of healing; makes it fail by throwing.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Runs after each step of healing that was done; makes its answer get lost by throwing.</summary>
    public Action<string> After { get; set; } = _ => { };

    public CapturedLog Log { get; } = new();

    public IAuditTrail Audit { get; }

    public Denylist Denylist { get; }

    public StoreWitness Witness { get; }

    public LossHealing Healing { get; }

    /// <summary>Reads on from the cursor, as the follower does with each page.</summary>
    public async Task ReadOnAsync()
    {
        var page = await _store.ReadAsync(Denylist.Cursor, null, TestContext.Current.CancellationToken);
        await Healing.MergeAsync(page, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => Witness.DisposeAsync();

    private async Task<T> Step<T>(string name, Func<Task<T>> step)
    {
        Before(name);
        Steps.Add(name);
        var outcome = await step();
        After(name);
        return outcome;
    }

    private sealed class SteppedFeed(Replica replica) : IRevocationFeed
    {
        public string Source => "model";

        public IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
            => await replica.Step("read", () => replica._store.ReadAsync(after, user, cancellationToken).AsTask());
    }
}
