namespace TokenIssuer.Families;

/// <summary>The <c>sub</c> of a token (RFC 7519 §4.1.2): a user of the directory, or <c>client:</c> and a client id.</summary>
/// <remarks>At most 255 characters, compared ordinally, never reassigned to another user. No user's id may start with <c>client:</c>.</remarks>
public readonly record struct Subject
{
    /// <summary>What the subject of a service token (client credentials) starts with.</summary>
    public const string ClientPrefix = "client:";

    internal const int MaxLength = 255;
    private readonly string? _value;

    /// <summary>Wraps a subject.</summary>
    /// <param name="value">1 to 255 characters.</param>
    /// <exception cref="ArgumentException">The value is empty or too long.</exception>
    public Subject(string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.Length > MaxLength)
        {
            throw new ArgumentException($"A subject has at most {MaxLength} characters.", nameof(value));
        }

        _value = value;
    }

    /// <summary>The text of the claim.</summary>
    /// <exception cref="InvalidOperationException">The value was never set.</exception>
    public string Value => _value ?? throw new InvalidOperationException("This subject was never set.");

    /// <summary>The subject under which a client acts for itself.</summary>
    /// <param name="clientId">The client.</param>
    public static Subject OfClient(string clientId) => new(ClientPrefix + clientId);

    /// <summary>The text of the claim.</summary>
    public override string ToString() => Value;
}
