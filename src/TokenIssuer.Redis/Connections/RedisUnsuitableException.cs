namespace TokenIssuer.Redis.Connections;

/// <summary>Redis answers, but this deployment must not run on it. The message tells the operator what to change.</summary>
internal sealed class RedisUnsuitableException : TokenStoreUnavailableException
{
    public RedisUnsuitableException(string message)
        : base(message)
    {
    }

    public RedisUnsuitableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
