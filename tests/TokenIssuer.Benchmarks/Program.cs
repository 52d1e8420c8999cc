using System.Reflection;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using TokenIssuer.Benchmarks.Http;
using TokenIssuer.Benchmarks.Soak;

switch (args)
{
    case ["http", ..]:
        await HttpComparison.RunAsync(args[1..]);
        break;
    case ["soak", ..]:
        return await SoakRun.RunAsync(args[1..]);
    case ["arm", var name, var keys, var redis, var port]:
        await Arm.RunAsync(name, new ArmSurroundings(keys, redis, int.Parse(port)));
        break;
    default:
        // In this process: the projects' build settings are not for generated code.
        BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(
            args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithIterationCount(7).WithToolchain(InProcessEmitToolchain.Instance)));
        break;
}

return 0;
