using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;

namespace TokenIssuer.Validation.Tokens;

/// <summary>Turns the members of a payload into claims under their own names; an array becomes one claim for each element.</summary>
internal static class ClaimList
{
    /// <exception cref="InvalidOperationException">A string holds an escape that is no character.</exception>
    public static ImmutableArray<Claim> Of(JsonElement payload, string issuer)
    {
        var claims = ImmutableArray.CreateBuilder<Claim>(payload.GetPropertyCount());
        foreach (var member in payload.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Array)
            {
                foreach (var element in member.Value.EnumerateArray())
                {
                    Add(claims, member.Name, element, issuer);
                }
            }
            else
            {
                Add(claims, member.Name, member.Value, issuer);
            }
        }

        return claims.DrainToImmutable();
    }

    private static void Add(ImmutableArray<Claim>.Builder claims, string name, JsonElement value, string issuer)
    {
        var (text, type) = value.ValueKind switch
        {
            JsonValueKind.String => (value.GetString(), ClaimValueTypes.String),
            JsonValueKind.True => ("true", ClaimValueTypes.Boolean),
            JsonValueKind.False => ("false", ClaimValueTypes.Boolean),
            JsonValueKind.Number when value.TryGetInt64(out _) => (value.GetRawText(), ClaimValueTypes.Integer64),
            JsonValueKind.Number => (value.GetRawText(), ClaimValueTypes.Double),
            JsonValueKind.Object or JsonValueKind.Array => (value.GetRawText(), "JSON"),
            JsonValueKind.Null or JsonValueKind.Undefined => (null, string.Empty),
            _ => throw new System.Diagnostics.UnreachableException(value.ValueKind.ToString()),
        };
        if (text is not null)
        {
            claims.Add(new Claim(name, text, type, issuer));
        }
    }
}
