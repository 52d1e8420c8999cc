using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Npgsql;
using TokenIssuer.Server.Diagnostics;

namespace TokenIssuer.Server.Users;

/// <summary>Readies the directory before the first request: tables, the users of the configuration, a first administrator.</summary>
internal sealed class DirectoryStart(
    IServiceScopeFactory scopes,
    ILookupNormalizer names,
    IOptions<List<SeedUser>> seeds,
    IHostEnvironment environment,
    ILogger<DirectoryStart> logger) : IHostedService
{
    private const int OneTimePasswordBytes = 15;
    private const int MaxAttempts = 30;

    /// <summary>The first issuer makes tables and hashes passwords while the others wait for their turn.</summary>
    private static readonly TimeSpan s_turn = TimeSpan.FromSeconds(30);

    // SQLITE_BUSY
    private const int Busy = 5;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ReadyAsync(cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (NpgsqlException failure)
            {
                throw new InvalidOperationException($"The user directory (ConnectionStrings:Postgres) can't be used: {failure.Message}", failure);
            }
            catch (SqliteException failure) when (failure.SqliteErrorCode == Busy && attempt < MaxAttempts)
            {
                // Many processes that start at once take turns at the file: each has waited for as long as a request would, and waits again.
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task ReadyAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var directory = scope.ServiceProvider.GetRequiredService<DirectoryContext>();
        directory.Database.SetCommandTimeout(s_turn);
        await new DirectorySchema(directory).ApplyAsync(cancellationToken).ConfigureAwait(false);
        var absent = await FindAbsentAsync(directory, cancellationToken).ConfigureAwait(false);
        if (absent.Count > 0)
        {
            await CreateAsync(scope.ServiceProvider, directory, absent, cancellationToken).ConfigureAwait(false);
        }
        else if (!environment.IsDevelopment() && !await directory.Users.AnyAsync(cancellationToken).ConfigureAwait(false))
        {
            await CreateFirstAdministratorAsync(scope.ServiceProvider, directory, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<List<SeedUser>> FindAbsentAsync(DirectoryContext directory, CancellationToken cancellationToken)
    {
        List<string?> wanted = [.. seeds.Value.Select(seed => names.NormalizeName(seed.Username))];
        var present = wanted.Count == 0
            ? []
            : await directory.Users
                .Where(user => wanted.Contains(user.NormalizedUserName))
                .Select(user => user.NormalizedUserName)
                .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. seeds.Value.Where(seed => !present.Contains(names.NormalizeName(seed.Username)))];
    }

    /// <summary>Alone, so that of several cold starts one creates them.</summary>
    /// <returns>How many were created.</returns>
    private async Task<int> CreateAsync(IServiceProvider services, DirectoryContext directory, IReadOnlyList<SeedUser> absent, CancellationToken cancellationToken)
    {
        await using var transaction = await directory.BeginAloneAsync(cancellationToken).ConfigureAwait(false);
        var users = services.GetRequiredService<UserManager<DirectoryUser>>();
        var roles = services.GetRequiredService<DirectoryRoles>();
        var created = 0;
        foreach (var seed in absent)
        {
            if (await users.FindByNameAsync(seed.Username).ConfigureAwait(false) is not null)
            {
                continue;
            }

            var user = new DirectoryUser(seed.Username);
            Demand(await users.CreateAsync(user, seed.Password).ConfigureAwait(false), seed);
            var (held, named) = await roles.EnsureAsync(seed.Roles).ConfigureAwait(false);
            Demand(named, seed);
            Demand(await users.AddToRolesAsync(user, held).ConfigureAwait(false), seed);

            logger.UserSeeded(seed.Username);
            created++;
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return created;
    }

    private async Task CreateFirstAdministratorAsync(IServiceProvider services, DirectoryContext directory, CancellationToken cancellationToken)
    {
        var first = new SeedUser
        {
            Username = DirectoryRoles.Administrator,
            Password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(OneTimePasswordBytes)),
            Roles = { DirectoryRoles.Administrator },
        };
        if (await CreateAsync(services, directory, [first], cancellationToken).ConfigureAwait(false) == 0)
        {
            return;
        }

        // To the terminal of whoever starts it for the first time, never to the log.
        await Console.Out.WriteLineAsync(
            $"There were no users. Sign in as \"{first.Username}\" with the password {first.Password} and change it: it is shown this once.").ConfigureAwait(false);
    }

    private static void Demand(IdentityResult result, SeedUser seed)
    {
        if (!result.Succeeded)
        {
            throw new InvalidOperationException(
                $"Users:Seed: \"{seed.Username}\" can't be created: {string.Join(' ', result.Errors.Select(error => error.Description))}");
        }
    }
}
