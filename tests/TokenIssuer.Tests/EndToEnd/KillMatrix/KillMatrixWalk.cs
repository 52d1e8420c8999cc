using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.EndToEnd.KillMatrix;

/// <summary>Walks every row on a deployment, and compares what it measured with the table and with the document.</summary>
internal static class KillMatrixWalk
{
    public static async Task WalkAsync(Deployment deployment)
    {
        var stranger = new Stranger(deployment);
        var measured = new List<KillRow>();
        foreach (var (row, pullAsync) in KillTable.Rows)
        {
            var started = TimeProvider.System.GetTimestamp();
            var scene = await KillScene.SetAsync(deployment, stranger);
            await pullAsync(scene);
            measured.Add(row with { Cells = await scene.MeasureAsync() });
            TestContext.Current.TestOutputHelper?.WriteLine($"{row.Trigger}: {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
        }

        var table = KillMatrixDocument.Render(measured);
        TestContext.Current.TestOutputHelper?.WriteLine(table);
        Assert.Equal(KillMatrixDocument.Render(KillTable.Rows.Select(one => one.Row)), table);
        await KillMatrixDocument.TellAsync(table);
    }
}
