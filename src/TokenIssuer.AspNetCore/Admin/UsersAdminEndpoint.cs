using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using TokenIssuer.AspNetCore.Requests;
using TokenIssuer.Audit;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Users;

namespace TokenIssuer.AspNetCore.Admin;

/// <summary><c>/admin/users</c>: what is changed here takes effect on living tokens before the answer.</summary>
internal sealed class UsersAdminEndpoint(IUserAdministration directory, TokenAuthority authority, AdminAudit audit)
{
    public const string IdParameter = "id";
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    private const int MaxQuery = 256;

    public async Task SearchAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (text, cursor, limit) = (query["query"].ToString(), query["cursor"].ToString(), DefaultLimit);
        var isWellFormed = text.Length <= MaxQuery && cursor.Length <= MaxQuery
            && (StringValues.IsNullOrEmpty(query["limit"])
                || (int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= MaxLimit));
        if (!isWellFormed)
        {
            await context.RefuseAsync(Problems.InvalidUserPage).ConfigureAwait(false);
            return;
        }

        var page = await directory.SearchAsync(text, cursor.Length == 0 ? null : cursor, limit, context.RequestAborted).ConfigureAwait(false);
        var body = new UsersBody([.. page.Users.Select(UserBody.Of)], page.Next);
        await context.Response.WriteJsonAsync(body, IssuerJson.Default.UsersBody).ConfigureAwait(false);
    }

    public async Task GetAsync(HttpContext context)
    {
        var user = UserOf(context) is { } id ? await directory.FindAsync(id, context.RequestAborted).ConfigureAwait(false) : null;
        await (user is null
            ? context.RefuseAsync(Problems.NotFound)
            : context.Response.WriteJsonAsync(UserBody.Of(user), IssuerJson.Default.UserBody)).ConfigureAwait(false);
    }

    public async Task CreateAsync(HttpContext context)
    {
        if (await ReadAsync(context, body => body is { Username.Length: > 0, Password.Length: > 0 }).ConfigureAwait(false) is not { } order)
        {
            return;
        }

        var change = await directory.CreateAsync(
            order.Username ?? string.Empty, order.Password ?? string.Empty, order.Roles ?? [], context.RequestAborted).ConfigureAwait(false);
        var created = change switch
        {
            UserChange.Done done => done.User,
            UserChange.Settled settled => settled.User,
            _ => null,
        };
        if (created is { } user)
        {
            await audit.WriteAsync(context, AuditEventType.UserEnabled, user.Id, null, "created").ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status201Created;
            await context.Response.WriteJsonAsync(UserBody.Of(user), IssuerJson.Default.UserBody).ConfigureAwait(false);
            return;
        }

        await RefuseAsync(context, change).ConfigureAwait(false);
    }

    public Task DisableAsync(HttpContext context) => ChangeAsync(
        context, AuditEventType.UserDisabled, directory.DisableAsync, user => new RevocationTarget.EverythingOf(user), RevocationReason.UserDisabled);

    public Task EnableAsync(HttpContext context) => ChangeAsync(
        context, AuditEventType.UserEnabled, directory.EnableAsync, _ => null, RevocationReason.Administrator);

    public Task DeleteAsync(HttpContext context) => ChangeAsync(
        context, AuditEventType.UserDeleted, directory.DeleteAsync, user => new RevocationTarget.EverythingOf(user), RevocationReason.UserDisabled);

    public async Task SetPasswordAsync(HttpContext context)
    {
        if (await ReadAsync(context, body => body is { NewPassword.Length: > 0 }).ConfigureAwait(false) is { NewPassword: { } password })
        {
            await ChangeAsync(
                context,
                AuditEventType.PasswordChanged,
                (user, cancellationToken) => directory.SetPasswordAsync(user, password, cancellationToken),
                user => new RevocationTarget.EverythingOf(user),
                RevocationReason.PasswordChanged).ConfigureAwait(false);
        }
    }

    public async Task SetRolesAsync(HttpContext context)
    {
        if (await ReadAsync(context, body => body.Roles is not null).ConfigureAwait(false) is { Roles: { } roles })
        {
            await ChangeAsync(
                context,
                AuditEventType.RolesChanged,
                (user, cancellationToken) => directory.SetRolesAsync(user, roles, cancellationToken),
                user => new RevocationTarget.AccessTokensOf(user),
                RevocationReason.RolesChanged).ConfigureAwait(false);
        }
    }

    /// <returns>Null for a text that is nobody's id.</returns>
    private static Subject? UserOf(HttpContext context)
        => context.GetRouteValue(IdParameter) is string { Length: > 0 and <= Subject.MaxLength } id && !id.Any(char.IsControl) ? new Subject(id) : null;

    private async Task ChangeAsync(
        HttpContext context,
        AuditEventType type,
        Func<Subject, CancellationToken, Task<UserChange>> change,
        Func<Subject, RevocationTarget?> target,
        RevocationReason reason)
    {
        var outcome = UserOf(context) is { } id ? await change(id, context.RequestAborted).ConfigureAwait(false) : new UserChange.Unknown();
        switch (outcome)
        {
            case UserChange.Done { User.Id: var user }:
                await FollowAsync(context, type, user, target(user), reason).ConfigureAwait(false);
                break;
            case UserChange.Settled { User.Id: var user }:
                await FollowAsync(context, type, user, dead: null, reason).ConfigureAwait(false);
                break;
            case UserChange.Unchanged:
                break;
            default:
                await RefuseAsync(context, outcome).ConfigureAwait(false);
                return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The directory has changed: from here on tokens and audit log must follow, whether the administrator waits or not.</summary>
    private async Task FollowAsync(HttpContext context, AuditEventType type, Subject user, RevocationTarget? dead, RevocationReason reason)
    {
        try
        {
            if (dead is not null)
            {
                await authority.RevokeAsync(dead, reason, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also when the store is down: who tries again then may find the user changed already, and nothing to write down.
            await audit.WriteAsync(context, type, user, null, reason: null).ConfigureAwait(false);
        }
    }

    private static async Task<UserOrder?> ReadAsync(HttpContext context, Func<UserOrder, bool> isComplete)
    {
        var reading = await JsonBody.ReadAsync(context, IssuerJson.Default.UserOrder).ConfigureAwait(false);
        if (reading.Value is { IsWithinLimits: true } order && isComplete(order))
        {
            return order;
        }

        await context.RefuseAsync(reading.Refusal ?? Problems.InvalidUser).ConfigureAwait(false);
        return null;
    }

    private static Task RefuseAsync(HttpContext context, UserChange change) => change switch
    {
        UserChange.Unknown => context.RefuseAsync(Problems.NotFound),
        UserChange.LastAdministrator => context.RefuseAsync(Problems.LastAdministrator),
        UserChange.Refused refused => context.RefuseAsync(Problems.UserRefused, refused.Reasons),
        _ => throw new UnreachableException(change.GetType().Name),
    };
}

/// <summary>The bodies of the changes; each endpoint wants its own members.</summary>
internal sealed record UserOrder(string? Username, string? Password, string? NewPassword, IReadOnlyList<string>? Roles)
{
    private const int MaxRoles = 32;
    private const int MaxRole = 64;

    public bool IsWithinLimits => Username is not { Length: > InputLimits.Username }
        && Password is not { Length: > InputLimits.Password }
        && NewPassword is not { Length: > InputLimits.Password }
        && Roles is not { Count: > MaxRoles }
        && (Roles ?? []).All(role => role is { Length: > 0 and <= MaxRole } && !role.Any(char.IsControl));

    /// <summary>A fixed mask, never a password.</summary>
    public override string ToString() => "(user)";
}

/// <summary>A page of users.</summary>
internal sealed record UsersBody(IReadOnlyList<UserBody> Users, string? Next);

/// <summary>One user; the id is the <c>sub</c>.</summary>
internal sealed record UserBody(string Id, string Username, IReadOnlyList<string> Roles, bool Disabled)
{
    public static UserBody Of(UserAccount user) => new(user.Id.Value, user.Username, user.Roles, user.IsDisabled);
}
