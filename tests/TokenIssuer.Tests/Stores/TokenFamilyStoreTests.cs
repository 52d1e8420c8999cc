using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Stores;

/// <summary>
/// What every store promises, run unchanged on each of them. A store joins by a class of three lines that says how a node
/// is opened.
/// </summary>
public abstract partial class TokenFamilyStoreTests : IAsyncLifetime
{
    private StoreUnderTest? _stores;
    private StoreNode? _node;

    private protected StoreUnderTest Stores => _stores ?? throw new InvalidOperationException("The test was not initialized.");

    private protected StoreNode Node => _node ?? throw new InvalidOperationException("The test was not initialized.");

    private protected ITokenFamilyStore Store => Node.Store;

    private protected ManualClock Clock => Stores.Clock;

    /// <summary>A caller whose replica has seen nothing.</summary>
    private protected static Knowledge Nothing => default;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected abstract StoreUnderTest CreateStores();

    public async ValueTask InitializeAsync()
    {
        _stores = CreateStores();
        _node = await _stores.OpenAsync(new TokenIssuerOptions());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_stores is not null)
        {
            await _stores.DisposeAsync();
        }
    }

    private protected Task<StoreNode> OpenAnotherAsync() => Stores.OpenAsync(new TokenIssuerOptions());

    private protected async Task<UserFloors> FloorsOfAsync(TestUser user)
        => (await Store.ReadUserAsync(user.Key, Nothing, Cancelled)).Floors;

    private protected async Task<FamilyStart> NewStartAsync(TestUser user) => user.Start((await FloorsOfAsync(user)).Generation);

    private protected async Task<TokenFamily> LogInAsync(TestUser user)
    {
        var outcome = await Store.StartFamilyAsync(await NewStartAsync(user), Nothing, Cancelled);
        return Assert.IsType<FamilyStarted.Started>(outcome).Family;
    }

    /// <summary>Presents the token that was current when <paramref name="family"/> was answered.</summary>
    private protected Task<Rotation> RefreshAsync(TokenFamily family) => RotateAsync(family.Present());

    private protected Task<Rotation> RotateAsync(RotationRequest request) => Store.RotateAsync(request, Nothing, Cancelled);

    private protected Task<IReadOnlyList<TokenFamily>> ListAsync(TestUser user) => Store.ListFamiliesAsync(user.Key, Nothing, Cancelled);

    private protected async Task<bool> IsAliveAsync(TokenFamily family)
        => (await Store.ListFamiliesAsync(family.Session.User, Nothing, Cancelled)).Any(living => living.Session == family.Session);

    private protected Task<Killed> KillAsync(TestUser user, KillReach reach)
        => Store.RevokeUserAsync(user.Key, user.Subject, reach, RevocationReason.Administrator, Nothing, Cancelled);
}
