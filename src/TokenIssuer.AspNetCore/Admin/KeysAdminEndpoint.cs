using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TokenIssuer.Audit;
using TokenIssuer.Revocation;
using TokenIssuer.Signing;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>/admin/keys</c>: the ring, rotation without a single 401, and the emergency exit.</summary>
internal sealed class KeysAdminEndpoint(TokenAuthority authority, KeyRing keys, AdminAudit audit)
{
    public const string IdParameter = "kid";

    public Task ListAsync(HttpContext context)
        => context.Response.WriteJsonAsync(new KeysBody(Describe(keys)), IssuerJson.Default.KeysBody);

    public async Task RotateAsync(HttpContext context)
    {
        switch (keys.TryRotate())
        {
            case KeyRotation.Rotated:
                await audit.WriteAsync(context, AuditEventType.KeyRotated, null, null, $"key {keys.Current.KeyId} signs").ConfigureAwait(false);
                await ListAsync(context).ConfigureAwait(false);
                break;
            case KeyRotation.TooEarly:
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await context.Response.WriteJsonAsync(new SignsFromBody(keys.SignsFrom), IssuerJson.Default.SignsFromBody).ConfigureAwait(false);
                break;
            case KeyRotation.Deployed:
                await context.RefuseAsync(Problems.KeysAreDeployed).ConfigureAwait(false);
                break;
        }
    }

    public async Task RetireAsync(HttpContext context)
    {
        var keyId = context.GetRouteValue(IdParameter) as string ?? string.Empty;
        switch (keys.JudgeRetirement(keyId))
        {
            case KeyRetirement.Retired:
                // What it signed dies before it leaves the ring: while the store is down it stays there, for a repetition to find.
                await authority.RevokeAsync(new RevocationTarget.Key(keyId), RevocationReason.KeyRetired, CancellationToken.None).ConfigureAwait(false);
                try
                {
                    keys.TryRetire(keyId);
                }
                finally
                {
                    await audit.WriteAsync(context, AuditEventType.KeyRetired, null, null, $"key {keyId}").ConfigureAwait(false);
                }

                await ListAsync(context).ConfigureAwait(false);
                break;
            case KeyRetirement.Unknown:
                await context.RefuseAsync(Problems.NotFound).ConfigureAwait(false);
                break;
            case KeyRetirement.LastKey:
                await context.RefuseAsync(Problems.KeysAreDeployed).ConfigureAwait(false);
                break;
        }
    }

    public static IReadOnlyList<KeyBody> Describe(KeyRing keys)
        => [.. keys.Keys.Select(key => new KeyBody(
            key.Key.KeyId, key.Key.Algorithm, JsonNamingPolicy.SnakeCaseLower.ConvertName(key.Phase.ToString()), key.Key.CreatedAt))];
}

/// <summary>The key ring, oldest first.</summary>
internal sealed record KeysBody(IReadOnlyList<KeyBody> Keys);

/// <summary>One key: announced, signing or retiring.</summary>
internal sealed record KeyBody(string Kid, string Alg, string Phase, DateTimeOffset CreatedAt);

/// <summary>When the announced key may sign.</summary>
internal sealed record SignsFromBody(DateTimeOffset? SignsFrom);
