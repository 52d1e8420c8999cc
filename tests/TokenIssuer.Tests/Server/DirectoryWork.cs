using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Server.Users;

namespace TokenIssuer.Tests.Server;

/// <summary>Notes each statement and each hash of a directory, in the order in which they began; holds the hashes up when told.</summary>
internal sealed class DirectoryWork : DbCommandInterceptor
{
    public const string Hash = "(one hash)";

    private const int Iterations = 1000;

    private readonly ConcurrentQueue<string> _done = new();

    public DirectoryWork(IServiceCollection services)
    {
        // What a hash costs is a test of its own.
        services.Configure<PasswordHasherOptions>(options => options.IterationCount = Iterations);
        services.ConfigureDbContext<DirectoryContext>(options => options.AddInterceptors(this));
        services.AddSingleton<IPasswordHasher<DirectoryUser>>(provider
            => new NotingHasher(this, ActivatorUtilities.CreateInstance<PasswordHasher<DirectoryUser>>(provider)));
    }

    /// <summary>Hashes wait for it.</summary>
    public Task MayHash { get; set; } = Task.CompletedTask;

    /// <summary>What was done since the last call.</summary>
    public IReadOnlyList<string> Take()
    {
        var taken = _done.ToList();
        _done.Clear();
        return taken;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        _done.Enqueue(command.CommandText);
        return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        _done.Enqueue(command.CommandText);
        return base.NonQueryExecutingAsync(command, eventData, result, cancellationToken);
    }

    private sealed class NotingHasher(DirectoryWork work, PasswordHasher<DirectoryUser> hasher) : IPasswordHasher<DirectoryUser>
    {
        public string HashPassword(DirectoryUser user, string password) => hasher.HashPassword(user, password);

        public PasswordVerificationResult VerifyHashedPassword(DirectoryUser user, string hashedPassword, string providedPassword)
        {
            work._done.Enqueue(Hash);
            work.MayHash.GetAwaiter().GetResult();
            return hasher.VerifyHashedPassword(user, hashedPassword, providedPassword);
        }
    }
}
