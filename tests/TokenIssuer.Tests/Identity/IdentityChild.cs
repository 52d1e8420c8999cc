using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Identity;

/// <summary>An application that changes Alice's password and is killed when the database has committed it, and nothing is revoked yet.</summary>
internal static class IdentityChild
{
    public const string Name = "identity-child";

    public static Process Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(IdentityChild).Assembly.Location, Name, folder]) { RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException("The child did not start.");
    }

    /// <summary>What it told before it died.</summary>
    public static (IssuedTokens Alice, IssuedTokens Bob) Read(string output)
    {
        var tokens = JsonSerializer.Deserialize<IssuedTokens[]>(output.Split('\n')[0]) ?? [];
        return (tokens[0], tokens[1]);
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var death = new DeathAtCommit();
        await using var host = await IdentityHost.StartAsync(
            arguments[0], services => services.ConfigureDbContext<AppUsers>((_, options) => options.AddInterceptors(death)));
        var (alice, bob) = (await host.Client.LogInAsync("alice", IdentityHost.Password), await host.Client.LogInAsync("bob", IdentityHost.Password));
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(new[] { alice, bob }));
        await Console.Out.FlushAsync();
        death.IsNear = true;
        await host.ChangeAsync("alice", (users, user) => users.ChangePasswordAsync(user, IdentityHost.Password, "An0ther-pot-of-tea"));
        return 0;
    }

    private sealed class DeathAtCommit : DbTransactionInterceptor
    {
        public bool IsNear { get; set; }

        public override async Task TransactionCommittedAsync(
            DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (IsNear)
            {
                Process.GetCurrentProcess().Kill();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
            }
        }
    }
}
