using System.Reflection;
using System.Runtime.CompilerServices;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Conventions;

/// <summary>What the conventions speak of: the types and the source files of everything that is shipped.</summary>
internal static class ShippedCode
{
    public static IReadOnlyList<Assembly> Assemblies { get; } =
    [
        typeof(TokenAuthority).Assembly,
        Assembly.Load("TokenIssuer.Sqlite"),
        Assembly.Load("TokenIssuer.Redis"),
        Assembly.Load("TokenIssuer.AspNetCore"),
        Assembly.Load("TokenIssuer.Validation"),
        Assembly.Load("TokenIssuer.Identity"),
        Assembly.Load("TokenIssuer.Server"),
    ];

    /// <summary>Types that somebody wrote.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => !type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
                && !type.Name.Contains('<', StringComparison.Ordinal)
                && type.Namespace?.StartsWith("TokenIssuer", StringComparison.Ordinal) == true
                && !IsGenerated(type)),
    ];

    public static IReadOnlyList<string> SourceFiles { get; } =
    [
        .. new[] { "src", "samples", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".cs" or ".ts" or ".lua" && !IsBuildOutput(file)),
    ];

    private static bool IsGenerated(Type type)
        => type.GetCustomAttributes<System.CodeDom.Compiler.GeneratedCodeAttribute>().Any()
            || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static bool IsBuildOutput(string file)
        => file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules" or "dist");
}
