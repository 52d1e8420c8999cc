namespace TokenIssuer.Tests.Redis;

/// <summary>Waits for what processes of their own bring about in their own time, and says how long it took.</summary>
internal static class Eventually
{
    public static Task<TimeSpan> TrueAsync(Func<bool> condition, TimeSpan within) => TrueAsync(() => Task.FromResult(condition()), within);

    public static async Task<TimeSpan> TrueAsync(Func<Task<bool>> condition, TimeSpan within)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < within, $"It did not come true within {within}.");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        return TimeProvider.System.GetElapsedTime(startedAt);
    }
}
