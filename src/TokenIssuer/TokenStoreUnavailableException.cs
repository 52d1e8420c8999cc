namespace TokenIssuer;

/// <summary>
/// The store did not answer, or not in time, or may not be trusted yet. A failure of ours: 503 with <c>Retry-After</c>,
/// never 401. The token that was presented works afterwards, or yields its one successor if the step had happened.
/// </summary>
public class TokenStoreUnavailableException : Exception
{
    /// <summary>Reports that the store is unavailable.</summary>
    public TokenStoreUnavailableException()
        : this("The token store is unavailable.")
    {
    }

    /// <summary>Reports that the store is unavailable.</summary>
    /// <param name="message">What was seen, for the operator; holds no secret.</param>
    public TokenStoreUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Reports that the store is unavailable.</summary>
    /// <param name="message">What was seen, for the operator; holds no secret.</param>
    /// <param name="innerException">The cause.</param>
    public TokenStoreUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The store is not the one this process has seen: it has lost writes, or was replaced. It is healed, then answers again.</summary>
internal sealed class TokenStoreLossException : TokenStoreUnavailableException
{
    public TokenStoreLossException(string message)
        : base(message)
    {
    }
}
