namespace TokenIssuer.Families;

/// <summary>A set of scopes (RFC 6749 §3.3): sorted, without repetition, printed separated by single spaces.</summary>
public readonly record struct Scope
{
    private const int MaxLength = 1024;
    private readonly string? _text;

    // Null for the empty set, however it came about, so that it equals None.
    private Scope(string text) => _text = text.Length == 0 ? null : text;

    /// <summary>No scope at all.</summary>
    public static Scope None => default;

    /// <summary>The scopes one by one.</summary>
    public IReadOnlyList<string> Names => Text.Length == 0 ? [] : Text.Split(' ');

    private string Text => _text ?? string.Empty;

    /// <summary>Reads a space-separated list.</summary>
    /// <param name="text">The list; null and empty mean no scope. At most 1024 characters.</param>
    /// <param name="scope">The scopes found.</param>
    /// <returns>False when a name holds a character outside RFC 6749 §3.3 (<c>%x21 / %x23-5B / %x5D-7E</c>).</returns>
    public static bool TryParse(string? text, out Scope scope)
    {
        scope = default;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (text.Length > MaxLength || !text.All(IsAllowed))
        {
            return false;
        }

        scope = Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return true;
    }

    /// <summary>The set of the given names.</summary>
    /// <param name="names">Names without spaces.</param>
    public static Scope Of(IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new Scope(string.Join(' ', names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    /// <summary>Whether every scope of <paramref name="other"/> is in this set.</summary>
    /// <param name="other">The set asked for.</param>
    public bool Covers(Scope other) => other.Text.Length == 0 || other.Names.All(Names.Contains);

    /// <summary>Whether this set holds <paramref name="name"/>.</summary>
    /// <param name="name">One scope.</param>
    public bool Contains(string name) => Names.Contains(name);

    /// <summary>The scopes separated by spaces, as in the <c>scope</c> claim (RFC 9068 §2.2.3).</summary>
    public override string ToString() => Text;

    private static bool IsAllowed(char c) => c is ' ' or '\x21' or (>= '\x23' and <= '\x5B') or (>= '\x5D' and <= '\x7E');
}
