using Microsoft.AspNetCore.Http;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>GET /admin/overview</c>: how this issuer is doing. Rates and active sessions are of this process.</summary>
internal sealed class OverviewAdminEndpoint(
    IssuerActivity activity, Denylist denylist, IRevocationFeed feed, ITokenFamilyStore store, KeyRing keys)
{
    public async Task GetAsync(HttpContext context)
    {
        var body = new OverviewBody(
            activity.CountActiveSessions(denylist),
            activity.LoginsPerMinute,
            activity.RefreshesPerMinute,
            activity.RevocationsPerMinute,
            activity.ReusesPerDay,
            (long)denylist.Age.TotalMilliseconds,
            denylist.Count,
            new StoreBody(feed.Source, await IsReadyAsync(context.RequestAborted).ConfigureAwait(false)),
            KeysAdminEndpoint.Describe(keys));
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.OverviewBody).ConfigureAwait(false);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.CheckAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TokenStoreUnavailableException)
        {
            return false;
        }
    }
}

/// <summary>The overview.</summary>
internal sealed record OverviewBody(
    long ActiveSessions,
    long LoginsPerMinute,
    long RefreshesPerMinute,
    long RevocationsPerMinute,
    [property: System.Text.Json.Serialization.JsonPropertyName("reuse_last_24h")] long ReuseLastDay,
    long FeedAgeMs,
    int DenylistEntries,
    StoreBody Store,
    IReadOnlyList<KeyBody> Keys);

/// <summary>The token store.</summary>
internal sealed record StoreBody(string Kind, bool Ready);
