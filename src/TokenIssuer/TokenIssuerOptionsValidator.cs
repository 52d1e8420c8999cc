using Microsoft.Extensions.Options;

namespace TokenIssuer;

/// <summary>Refuses settings that would break a promise; each fault is one sentence that says what to change.</summary>
internal sealed class TokenIssuerOptionsValidator : IValidateOptions<TokenIssuerOptions>
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestLifetime = TimeSpan.FromDays(366);
    private static readonly TimeSpan s_longAccessToken = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, TokenIssuerOptions options)
    {
        var faults = Names(options)
            .Concat(Lifetimes(options))
            .Concat(Windows(options))
            .Concat(Sessions(options))
            .Concat(Keys(options))
            .Concat(Clients(options))
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Names(TokenIssuerOptions options)
    {
        if (!Uri.TryCreate(options.Issuer, UriKind.Absolute, out var issuer) || issuer.Scheme is not ("http" or "https")
            || issuer.Query.Length > 0 || issuer.Fragment.Length > 0 || options.Issuer.EndsWith('/'))
        {
            yield return $"TokenIssuer:Issuer is \"{options.Issuer}\" but must be an absolute http(s) URL without query, fragment or trailing slash.";
        }

        if (string.IsNullOrWhiteSpace(options.Audience))
        {
            yield return "TokenIssuer:Audience is empty: set the name of the API that the access tokens are for.";
        }

        if (string.IsNullOrWhiteSpace(options.KeysDirectory))
        {
            yield return "TokenIssuer:KeysDirectory is empty: set the folder of the private keys.";
        }

        foreach (var scope in options.Scopes.Where(IsNotOneScope))
        {
            yield return $"TokenIssuer:Scopes has \"{scope}\", which is not one scope name (RFC 6749 section 3.3).";
        }
    }

    private static IEnumerable<string> Lifetimes(TokenIssuerOptions options)
    {
        if (options.AccessTokenLifetime < s_shortest || (options.AccessTokenLifetime > s_longAccessToken && !options.AllowLongAccessTokens))
        {
            yield return $"TokenIssuer:AccessTokenLifetime is {options.AccessTokenLifetime} but must be from 00:00:01 to 00:10:00, or more with TokenIssuer:AllowLongAccessTokens.";
        }

        if (options.IdleTimeout < s_shortest)
        {
            yield return $"TokenIssuer:IdleTimeout is {options.IdleTimeout} but must be at least 00:00:01.";
        }

        if (options.AbsoluteLifetime < s_shortest || options.AbsoluteLifetime > s_longestLifetime)
        {
            yield return $"TokenIssuer:AbsoluteLifetime is {options.AbsoluteLifetime} but must be from 00:00:01 to 366 days.";
        }

        if (options.AbsoluteLifetime < s_shortest)
        {
            // Told above: anything is longer than that.
            yield break;
        }

        if (options.IdleTimeout > options.AbsoluteLifetime)
        {
            yield return $"TokenIssuer:IdleTimeout ({options.IdleTimeout}) is longer than TokenIssuer:AbsoluteLifetime ({options.AbsoluteLifetime}): a session can't idle longer than it lives.";
        }

        if (options.AccessTokenLifetime > options.AbsoluteLifetime)
        {
            yield return $"TokenIssuer:AccessTokenLifetime ({options.AccessTokenLifetime}) is longer than TokenIssuer:AbsoluteLifetime ({options.AbsoluteLifetime}): an access token can't outlive its session.";
        }
    }

    private static IEnumerable<string> Windows(TokenIssuerOptions options)
    {
        if (options.ConcurrencyWindow < TimeSpan.Zero || options.ConcurrencyWindow > TimeSpan.FromSeconds(120))
        {
            yield return $"TokenIssuer:ConcurrencyWindow is {options.ConcurrencyWindow} but must be from 00:00:00 (strict) to 00:02:00.";
        }

        if (options.LostResponseWindow < TimeSpan.Zero || options.LostResponseWindow > TimeSpan.FromHours(1))
        {
            yield return $"TokenIssuer:LostResponseWindow is {options.LostResponseWindow} but must be from 00:00:00 (off) to 01:00:00.";
        }

        if (!Enum.IsDefined(options.ReuseScope))
        {
            yield return "TokenIssuer:ReuseScope must be Family or User.";
        }
    }

    private static IEnumerable<string> Sessions(TokenIssuerOptions options)
    {
        if (options.MaxSessionsPerUser < 1)
        {
            yield return $"TokenIssuer:MaxSessionsPerUser is {options.MaxSessionsPerUser} but must be at least 1.";
        }

        foreach (var (role, limit) in options.MaxSessionsPerRole.Where(pair => pair.Value < 1))
        {
            yield return $"TokenIssuer:MaxSessionsPerRole:{role} is {limit} but must be at least 1.";
        }

        if (options.MaxApiTokensPerUser < 0)
        {
            yield return $"TokenIssuer:MaxApiTokensPerUser is {options.MaxApiTokensPerUser} but must be at least 0.";
        }

        if (!Enum.IsDefined(options.SessionLimitPolicy))
        {
            yield return "TokenIssuer:SessionLimitPolicy must be EvictOldest or Refuse.";
        }
    }

    private static IEnumerable<string> Keys(TokenIssuerOptions options)
    {
        if (options.Keys.AnnounceFor < TimeSpan.Zero)
        {
            yield return $"TokenIssuer:Keys:AnnounceFor is {options.Keys.AnnounceFor} but must not be negative.";
        }

        if (options.Keys.RotateEvery < s_shortest || options.Keys.RotateEvery < options.Keys.AnnounceFor)
        {
            yield return $"TokenIssuer:Keys:RotateEvery is {options.Keys.RotateEvery} but must be at least 00:00:01 and at least TokenIssuer:Keys:AnnounceFor ({options.Keys.AnnounceFor}).";
        }

        if (options.Keys.RetainFor < 2 * options.AccessTokenLifetime)
        {
            yield return $"TokenIssuer:Keys:RetainFor is {options.Keys.RetainFor} but must be at least twice TokenIssuer:AccessTokenLifetime, or live tokens would lose their key.";
        }
    }

    private static IEnumerable<string> Clients(TokenIssuerOptions options)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal) { OAuthClient.SpaClientId };
        foreach (var client in options.Clients)
        {
            if (string.IsNullOrWhiteSpace(client.ClientId) || !seen.Add(client.ClientId))
            {
                yield return $"TokenIssuer:Clients has an empty or repeated ClientId (\"{client.ClientId}\").";
            }

            bool[] proofs = [client.Public, !string.IsNullOrEmpty(client.Secret), !string.IsNullOrEmpty(client.SecretHash)];
            if (proofs.Count(isGiven => isGiven) != 1)
            {
                yield return $"TokenIssuer:Clients: \"{client.ClientId}\" must have one of Secret and SecretHash, or be Public.";
            }

            if (client.SecretHash is { Length: > 0 } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
            {
                yield return $"TokenIssuer:Clients: the SecretHash of \"{client.ClientId}\" must be the SHA-256 of the secret in 64 hexadecimal digits.";
            }

            foreach (var scope in client.Scopes.Where(IsNotOneScope))
            {
                yield return $"TokenIssuer:Clients: \"{client.ClientId}\" has the scope \"{scope}\", which is not one scope name (RFC 6749 section 3.3).";
            }

            foreach (var grant in client.GrantTypes.Where(grant => grant is not ("refresh_token" or "client_credentials")))
            {
                yield return $"TokenIssuer:Clients: \"{client.ClientId}\" has the grant type \"{grant}\"; refresh_token and client_credentials are offered.";
            }
        }
    }

    private static bool IsNotOneScope(string name) => !Families.Scope.TryParse(name, out var scope) || scope.Names.Count != 1;
}
