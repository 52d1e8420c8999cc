using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using TokenIssuer.Redis.Records;

namespace TokenIssuer.Redis.Connections;

/// <summary>
/// Calls with a deadline of our own: the client library never gives up on an asynchronous one. Whatever goes wrong becomes
/// <see cref="TokenStoreUnavailableException"/>.
/// </summary>
internal sealed class RedisCalls(RedisConnection connection, TimeProvider clock, ILogger<RedisCalls> logger)
{
    // A master that was demoted or cut off, a changed password, changed rights: another connection may do better.
    private static readonly string[] s_wrongServer = ["READONLY", "MASTERDOWN", "CLUSTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM", "NOREPLICAS"];

    // A key of another type, or a value that a script can't take apart: whatever else the same call is for is not concerned.
    private static readonly string[] s_unreadable = ["WRONGTYPE", "bad argument", "attempt to "];

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
            if (s_wrongServer.Any(code => failure.Message.StartsWith(code, StringComparison.Ordinal)))
            {
                connection.Suspect();
            }

            logger.StepRefused(name, failure.Message);
            if (s_unreadable.Any(text => failure.Message.Contains(text, StringComparison.Ordinal)))
            {
                throw new RecordUnreadableException($"Redis found a record that can't be read in {name}: {failure.Message}", failure);
            }

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

    /// <summary>Reads what Redis holds: a record of another version is trouble of ours, whoever meets it.</summary>
    public T Unpack<T>(string name, Func<T> unpack)
    {
        try
        {
            return unpack();
        }
        catch (FormatException failure)
        {
            logger.RecordUnreadable(name);
            throw new TokenStoreUnavailableException($"What {name} found in Redis can't be read: {failure.Message}", failure);
        }
    }
}
