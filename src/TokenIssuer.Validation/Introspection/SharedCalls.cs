using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Introspection;

/// <summary>Requests that present the same token at the same time wait for one call. Who leaves early ends it for nobody.</summary>
internal sealed class SharedCalls
{
    private readonly Lock _starting = new();
    private readonly Dictionary<TokenDigest, Task<TokenVerdict>> _underWay = [];

    public Task<TokenVerdict> JoinAsync(TokenDigest digest, Func<Task<TokenVerdict>> start)
    {
        lock (_starting)
        {
            if (!_underWay.TryGetValue(digest, out var call))
            {
                call = RunAsync(digest, start);
                _underWay[digest] = call;
            }

            return call;
        }
    }

    private async Task<TokenVerdict> RunAsync(TokenDigest digest, Func<Task<TokenVerdict>> start)
    {
        // Off the lock, so that the call is registered before it can be over.
        await Task.Yield();
        try
        {
            return await start().ConfigureAwait(false);
        }
        finally
        {
            lock (_starting)
            {
                _underWay.Remove(digest);
            }
        }
    }
}
