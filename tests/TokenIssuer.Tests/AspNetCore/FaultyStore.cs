using Microsoft.Extensions.DependencyInjection;
using NSubstitute;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Stores;

namespace TokenIssuer.Tests.AspNetCore;

/// <summary>A store that works until it is told to fail, and again afterwards. Following the log goes on: replicas stay as they are.</summary>
internal sealed class FaultyStore
{
    private readonly ModelStore _inner;

    public FaultyStore(ModelStore inner)
    {
        _inner = inner;
        Store = Substitute.For<ITokenFamilyStore>();
        Feed = Substitute.For<IRevocationFeed>();
        Wire();
    }

    public ITokenFamilyStore Store { get; }

    public IRevocationFeed Feed { get; }

    public bool IsDown { get; set; }

    /// <summary>What it holds can't be read, and be revoked all the same.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Nothing can be appended to its log.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>In front of the model that the host has.</summary>
    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton(provider => new FaultyStore(provider.GetRequiredService<ModelStore>()));
        services.AddSingleton(provider => provider.GetRequiredService<FaultyStore>().Store);
        services.AddSingleton(provider => provider.GetRequiredService<FaultyStore>().Feed);
    }

    private void Wire()
    {
        Store.ReadUserAsync(default, default, default).ReturnsForAnyArgs(call => Ask(store =>
            store.ReadUserAsync(call.ArgAt<UserKey>(0), call.ArgAt<Knowledge>(1), call.ArgAt<CancellationToken>(2))));
        Store.StartFamilyAsync(default!, default, default).ReturnsForAnyArgs(call => Ask(store =>
            store.StartFamilyAsync(call.ArgAt<FamilyStart>(0), call.ArgAt<Knowledge>(1), call.ArgAt<CancellationToken>(2))));
        Store.RotateAsync(default!, default, default).ReturnsForAnyArgs(call => Ask(store =>
            store.RotateAsync(call.ArgAt<RotationRequest>(0), call.ArgAt<Knowledge>(1), call.ArgAt<CancellationToken>(2))));
        Store.RevokeFamilyAsync(default, default, default).ReturnsForAnyArgs(call => Ask(store =>
            store.RevokeFamilyAsync(call.ArgAt<SessionId>(0), call.ArgAt<RevocationReason>(1), call.ArgAt<CancellationToken>(2))));
        Store.RevokeUserAsync(default, default, default, default, default, default).ReturnsForAnyArgs(call => Ask(store => store.RevokeUserAsync(
            call.ArgAt<UserKey>(0), call.ArgAt<Subject>(1), call.ArgAt<KillReach>(2), call.ArgAt<RevocationReason>(3),
            call.ArgAt<Knowledge>(4), call.ArgAt<CancellationToken>(5))));
        Store.ListFamiliesAsync(default, default, default).ReturnsForAnyArgs(call => Ask(store => IsUnreadable
            ? throw new TokenStoreUnavailableException("The test has made records unreadable.")
            : store.ListFamiliesAsync(call.ArgAt<UserKey>(0), call.ArgAt<Knowledge>(1), call.ArgAt<CancellationToken>(2))));
        Store.AppendAsync(default!, default).ReturnsForAnyArgs(call => Ask(store => IsReadOnly
            ? throw new TokenStoreUnavailableException("The test has made the log read-only.")
            : store.AppendAsync(call.ArgAt<IReadOnlyList<RevocationEntry>>(0), call.ArgAt<CancellationToken>(1))));
        Feed.Source.Returns("faulty");
        Feed.FollowAsync(default, default).ReturnsForAnyArgs(call => _inner.FollowAsync(call.ArgAt<LogCursor?>(0), call.ArgAt<CancellationToken>(1)));
#pragma warning disable CA2012 // The call is recorded, not awaited.
        Feed.ReadAsync(default, default, default).ReturnsForAnyArgs(call => IsDown
            ? ValueTask.FromException<RevocationPage>(new TokenStoreUnavailableException("The test has switched the store off."))
            : _inner.ReadAsync(call.ArgAt<LogCursor?>(0), call.ArgAt<UserKey?>(1), call.ArgAt<CancellationToken>(2)));
#pragma warning restore CA2012
    }

    private Task<T> Ask<T>(Func<ModelStore, Task<T>> verb)
        => IsDown ? Task.FromException<T>(new TokenStoreUnavailableException("The test has switched the store off.")) : verb(_inner);
}
