using System.Runtime.CompilerServices;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Benchmarks.Tokens;

/// <summary>A log in which nothing happens.</summary>
internal sealed class SilentFeed : IRevocationFeed
{
    public string Source => "silent";

    public async IAsyncEnumerable<RevocationPage> FollowAsync(LogCursor? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        yield break;
    }

    public ValueTask<RevocationPage> ReadAsync(LogCursor? after, UserKey? user, CancellationToken cancellationToken)
        => throw new NotSupportedException("No benchmark is strict.");
}
