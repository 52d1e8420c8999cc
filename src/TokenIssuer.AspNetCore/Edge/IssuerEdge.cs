using System.Data.Common;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace TokenIssuer.AspNetCore.Edge;

/// <summary>
/// The boundary to HTTP: limits what comes in, guards what goes out, and turns whatever broke into an answer that says
/// nothing about the inside.
/// </summary>
internal sealed class IssuerEdge(RequestDelegate next, SecurityHeaders headers, ILogger<IssuerEdge> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        headers.AddTo(context);
        if (IssuerPaths.SurfaceOf(context) is null)
        {
            await next(context).ConfigureAwait(false);
            if (IsUnclaimed(context))
            {
                await FillAsync(context).ConfigureAwait(false);
            }

            return;
        }

        LimitBody(context);
        if (context.Request.ContentLength > InputLimits.Body)
        {
            await context.RefuseAsync(Problems.TooLarge).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context).ConfigureAwait(false);
            await FillAsync(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left: there is nobody to answer, and nothing is wrong.
        }
        catch (Exception failure)
        {
            // The boundary to HTTP: no failure may reach a client as it is, and none is lost.
            await AnswerAsync(context, failure).ConfigureAwait(false);
        }
    }

    private static bool IsUnclaimed(HttpContext context)
        => context.GetEndpoint() is null && context.Response.StatusCode == StatusCodes.Status404NotFound;

    private static void LimitBody(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = InputLimits.Body;
        }
    }

    private Task AnswerAsync(HttpContext context, Exception failure)
    {
        var path = context.EndpointName();
        var problem = failure switch
        {
            TokenStoreUnavailableException => Problems.Unavailable,
            BadHttpRequestException { StatusCode: var status } => Problems.OfStatus(status),

            // Entity Framework and others wrap what the database said, and that wraps what the network did; or a disk is full.
            _ when CausesOf(failure).Any(cause => cause is DbException or TimeoutException or IOException or UnauthorizedAccessException) => Problems.Unavailable,
            _ => Problems.ServerError,
        };
        switch (problem.Status)
        {
            case StatusCodes.Status503ServiceUnavailable:
                logger.Unavailable(path, failure);
                break;
            case StatusCodes.Status500InternalServerError:
                logger.Unexpected(path, failure);
                break;
            default:
                logger.RequestRefused(path, problem.Status, problem.Code);
                break;
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        // Whatever was about to be said, a cookie above all, is taken back.
        context.Response.Clear();
        return context.RefuseAsync(problem);
    }

    private static IEnumerable<Exception> CausesOf(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    /// <summary>Gives a body to refusals that have none: unknown paths and methods, authentication, rate limiters.</summary>
    private Task FillAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode == StatusCodes.Status429TooManyRequests)
        {
            logger.Throttled(context.EndpointName());
        }

        return response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted
            && response.ContentLength is null && response.ContentType is null
            ? context.RefuseAsync(Problems.OfStatus(response.StatusCode))
            : Task.CompletedTask;
    }
}
