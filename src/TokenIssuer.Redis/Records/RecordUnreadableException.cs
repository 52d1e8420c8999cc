namespace TokenIssuer.Redis.Records;

/// <summary>
/// A record that this program can't read: a key of another type, a version that it does not know. Its owner gets 503; nobody
/// else is concerned.
/// </summary>
internal sealed class RecordUnreadableException : TokenStoreUnavailableException
{
    public RecordUnreadableException(string message)
        : base(message)
    {
    }

    public RecordUnreadableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
