using Microsoft.AspNetCore.SignalR;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Lifetimes;

/// <summary>Aborts a hub connection when its token ends: a connection is checked once, and would otherwise outlive everything.</summary>
internal sealed class TokenHubFilter(TokenLeases leases) : IHubFilter
{
    private static readonly object s_leaseKey = new();

    public async Task OnConnectedAsync(HubLifetimeContext context, Func<HubLifetimeContext, Task> next)
    {
        if (AccessTokenIdentity.TokenOf(context.Context.User) is { } token)
        {
            var lease = leases.Take(token, staleness: null);
            context.Context.Items[s_leaseKey] = lease;
            lease.Ended.Register(context.Context.Abort);
        }

        await next(context).ConfigureAwait(false);
    }

    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
        => invocationContext.Context.Items.TryGetValue(s_leaseKey, out var value) && value is TokenLease { Ended.IsCancellationRequested: true }
            ? throw new HubException("The token is good no longer.")
            : next(invocationContext);

    public Task OnDisconnectedAsync(HubLifetimeContext context, Exception? exception, Func<HubLifetimeContext, Exception?, Task> next)
    {
        if (context.Context.Items.Remove(s_leaseKey, out var value) && value is TokenLease lease)
        {
            lease.Dispose();
        }

        return next(context, exception);
    }
}
