namespace TokenIssuer.Redis.Connections;

/// <content>What is said of a connection that does not come about.</content>
internal sealed partial class RedisConnection
{
    /// <summary>Says a thing once, not every second.</summary>
    private void Note(Exception failure)
    {
        var reason = Describe(failure);
        var isUnsuitable = reason is RedisUnsuitableException;
        Volatile.Write(ref _unsuitable, reason);
        if (reason.Message == _lastReason)
        {
            return;
        }

        _lastReason = reason.Message;
        if (isUnsuitable)
        {
            logger.RedisUnsuitable(reason.Message);
        }
        else
        {
            logger.RedisUnreachable(string.Join(", ", settings.Options.EndPoints), reason.Message);
        }
    }

    private TokenStoreUnavailableException Describe(Exception failure)
    {
        var text = failure.ToString();
        return failure switch
        {
            TokenStoreUnavailableException known => known,
            _ when text.Contains("WRONGPASS", StringComparison.Ordinal) || text.Contains("NOAUTH", StringComparison.Ordinal)
                || text.Contains("invalid password", StringComparison.Ordinal) || text.Contains("AuthenticationFailure", StringComparison.Ordinal)
                => new RedisUnsuitableException(
                    settings.Options.Ssl
                        ? "Redis and this host do not trust each other: check password=… in ConnectionStrings:Redis, and that the host trusts the certificate, or name its authority with trustedCertificate=….pem."
                        : "Redis refuses the password: set password=… in ConnectionStrings:Redis to that of its default user.",
                    failure),
            _ => new TokenStoreUnavailableException($"There is no connection to Redis: {failure.Message}", failure),
        };
    }
}
