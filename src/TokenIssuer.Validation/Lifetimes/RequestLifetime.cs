using Microsoft.AspNetCore.Http;

namespace TokenIssuer.Validation.Lifetimes;

/// <summary>The lifetime of a request's token, made when somebody asks for it and closed with the request.</summary>
internal sealed class RequestLifetime : IDisposable
{
    private readonly TokenLease _lease;
    private readonly CancellationTokenSource _either;

    public RequestLifetime(HttpContext context, TokenLease lease)
    {
        _lease = lease;
        _either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lease.Ended);
        Ended = _either.Token;
    }

    public CancellationToken Ended { get; }

    public void Dispose()
    {
        _either.Dispose();
        _lease.Dispose();
    }
}
