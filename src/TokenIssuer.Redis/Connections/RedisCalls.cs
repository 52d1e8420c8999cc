using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace TokenIssuer.Redis.Connections;

/// <summary>
/// Calls with a deadline of our own: the client library never gives up on an asynchronous one. Whatever goes wrong becomes
/// <see cref="TokenStoreUnavailableException"/>.
/// </summary>
internal sealed class RedisCalls(RedisConnection connection, TimeProvider clock, ILogger<RedisCalls> logger)
{
    /// <summary>Calls and waits. When the wait ends the call is not undone: Redis may still run it.</summary>
    public async Task<T> AskAsync<T>(string name, TimeSpan deadline, Func<IDatabaseAsync, Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call(connection.Database).WaitAsync(deadline, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException failure)
        {
            throw new TokenStoreUnavailableException($"Redis did not answer {name} within {deadline.TotalMilliseconds:0} ms.", failure);
        }
        catch (RedisServerException failure)
        {
            // READONLY: a master that was demoted. NOAUTH, NOPERM: the password or the rights were changed.
            connection.Suspect();
            logger.StepRefused(name, failure.Message);
            throw new TokenStoreUnavailableException($"Redis refused {name}: {failure.Message}", failure);
        }
        catch (Exception failure) when (failure is RedisException or ObjectDisposedException)
        {
            throw new TokenStoreUnavailableException($"Redis can't be reached for {name}: {failure.Message}", failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TokenStoreUnavailableException($"The connection to Redis was replaced during {name}.", failure);
        }
    }
}
