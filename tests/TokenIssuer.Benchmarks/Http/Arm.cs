using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TokenIssuer.Benchmarks.Http;

/// <summary>One server of the comparison, in a process of its own, so that its processor time can be told from the driver's.</summary>
internal static class Arm
{
    public static async Task RunAsync(string name, ArmSurroundings surroundings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development, ContentRootPath = surroundings.Folder });
        builder.Logging.ClearProviders().AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore().UseUrls($"http://127.0.0.1:{surroundings.Port}");
        Action<WebApplication> map = name switch
        {
            "anonymous" => ApiArms.Anonymous(),
            "jwtbearer" => ApiArms.JwtBearer(builder),
            "jwtbearer-redis" => ApiArms.JwtBearerWithRedis(builder, surroundings),
            "tokenissuer" => ApiArms.TokenIssuer(builder),
            "issuer-redis" => RefreshArms.TokenIssuerOnRedis(builder, surroundings),
            "issuer-sqlite" => RefreshArms.TokenIssuerOnSqlite(builder, surroundings),
            "ceiling" => CeilingArm.Build(surroundings),
            "identity" => RefreshArms.Identity(builder, surroundings),
            _ => throw new ArgumentException($"There is no arm {name}."),
        };
        var app = builder.Build();
        map(app);
        app.MapGet("/ready", () => Results.Ok()).AllowAnonymous();
        app.MapGet("/heap", ReadHeap).AllowAnonymous();
        await app.RunAsync();
    }

    /// <summary>What is alive: everything else is collected first.</summary>
    private static string ReadHeap()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture);
    }
}
