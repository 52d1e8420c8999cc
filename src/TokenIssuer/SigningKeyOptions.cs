namespace TokenIssuer;

/// <summary>The phases of signing keys, section <c>TokenIssuer:Keys</c>.</summary>
public sealed class SigningKeyOptions
{
    /// <summary>How long a key stands in the JWKS before it may sign: 24 h by default, because a stock JwtBearer reads the JWKS only every 12 h.</summary>
    public TimeSpan AnnounceFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long a key signs: 30 days by default, at least <see cref="AnnounceFor"/>.</summary>
    public TimeSpan RotateEvery { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a key that no longer signs stays in the JWKS: 1 h by default, at least twice the access-token lifetime.</summary>
    public TimeSpan RetainFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether missing and due keys are created. False by default; the server sets it in Development. Without it keys are deployed by the operator.</summary>
    public bool Generate { get; set; }
}
