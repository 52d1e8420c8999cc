using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Validation.Lifetimes;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation;

/// <summary>Ends what runs on behalf of a token when the token does.</summary>
public static class TokenLifetimeExtensions
{
    /// <summary>How long an endpoint has to end its answer by itself before its connection is cut.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A token that is cancelled when the request's access token is revoked or expires, or when the request is aborted. Without an
    /// access token it is <see cref="HttpContext.RequestAborted"/>.
    /// </summary>
    /// <param name="context">The request. Must not be used after it has ended.</param>
    public static CancellationToken GetTokenLifetime(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Features.Get<RequestLifetime>() is { } known)
        {
            return known.Ended;
        }

        if (AccessTokenIdentity.TokenOf(context.User) is not { } token)
        {
            return context.RequestAborted;
        }

        var staleness = context.GetEndpoint()?.Metadata.GetMetadata<StalenessPolicy>();
        var lifetime = new RequestLifetime(context, context.RequestServices.GetRequiredService<TokenLeases>().Take(token, staleness));
        context.Features.Set(lifetime);
        context.Response.RegisterForDispose(lifetime);
        return lifetime.Ended;
    }

    /// <summary>
    /// Ends the requests of these endpoints with their tokens: <see cref="HttpContext.RequestAborted"/>, and with it the
    /// <see cref="CancellationToken"/> that endpoints take, fires on revocation and expiry; an endpoint that does not heed it
    /// has its connection cut half a second later. For streams, WebSockets and everything that lasts.
    /// </summary>
    /// <typeparam name="TBuilder">The kind of endpoint.</typeparam>
    /// <param name="builder">The endpoints.</param>
    public static TBuilder EndWithToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Finally(static endpoint =>
        {
            if (endpoint.RequestDelegate is { } answer)
            {
                endpoint.RequestDelegate = context => RunAsync(context, answer);
            }
        });
        return builder;
    }

    private static async Task RunAsync(HttpContext context, RequestDelegate answer)
    {
        var lifetime = context.GetTokenLifetime();
        context.RequestAborted = lifetime;
        try
        {
            var answering = answer(context);
            if (await Task.WhenAny(answering, EndAsync(context, lifetime)).ConfigureAwait(false) != answering)
            {
                context.Abort();
            }

            await answering.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.IsCancellationRequested)
        {
            // The answer ends here, as it was meant to.
        }
    }

    private static async Task EndAsync(HttpContext context, CancellationToken lifetime)
    {
        var clock = context.RequestServices.GetRequiredService<TimeProvider>();
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, lifetime).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(s_grace, clock, CancellationToken.None).ConfigureAwait(false);
    }
}
