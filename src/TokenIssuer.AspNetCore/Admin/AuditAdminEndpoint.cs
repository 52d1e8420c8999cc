using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>GET /admin/audit</c>: newest first, page by page.</summary>
internal sealed class AuditAdminEndpoint(AuditLog audit)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 500;
    private const int MaxUser = 255;

    public async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var user = query["user"].ToString();
        if (!TryReadNumber(query["after"], long.MaxValue, out var after)
            || !TryReadNumber(query["limit"], MaxLimit, out var limit)
            || user.Length > MaxUser)
        {
            await context.RefuseAsync(Problems.InvalidPage).ConfigureAwait(false);
            return;
        }

        var size = (int)(limit ?? DefaultLimit);
        var records = await audit.ReadAsync(
            after, user.Length == 0 ? null : new Subject(user), size, context.RequestAborted).ConfigureAwait(false);
        var next = records.Count == size ? records[^1].Id.ToString(CultureInfo.InvariantCulture) : null;
        var body = new AuditBody([.. records.Select(AuditEventBody.Of)], next);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.AuditBody).ConfigureAwait(false);
    }

    /// <returns>False for anything but nothing or a whole number from 1 to <paramref name="max"/>.</returns>
    private static bool TryReadNumber(string? text, long max, out long? number)
    {
        number = null;
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1 || value > max)
        {
            return false;
        }

        number = value;
        return true;
    }
}

/// <summary>A page of the audit log; <c>next</c> goes into <c>after</c>, and is missing on the last page.</summary>
internal sealed record AuditBody(IReadOnlyList<AuditEventBody> Events, string? Next);

/// <summary>One event.</summary>
internal sealed record AuditEventBody(
    string Id,
    DateTimeOffset At,
    string Type,
    string? User,
    string? Session,
    string? Actor,
    string? Ip,
    string? UserAgent,
    string? Reason)
{
    public static AuditEventBody Of(AuditRecord record) => new(
        record.Id.ToString(CultureInfo.InvariantCulture),
        record.At,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(record.Event.Type.ToString()),
        record.Event.User?.Value,
        record.Event.Session?.ToString(),
        record.Event.Actor?.Value,
        record.Event.Address,
        record.Event.UserAgent,
        record.Event.Reason);
}
