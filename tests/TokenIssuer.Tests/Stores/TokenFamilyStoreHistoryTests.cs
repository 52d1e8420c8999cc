using FsCheck.Fluent;

namespace TokenIssuer.Tests.Stores;

/// <summary>Random lives of a few users, on a store and on the model side by side: every answer is the same, and so is what a replica denies in the end.</summary>
public abstract class TokenFamilyStoreHistoryTests
{
    private const int Histories = 25;
    private const int Length = 50;

    private protected abstract StoreUnderTest CreateStores();

    [Fact]
    public Task Random_histories_are_answered_as_the_model_answers_them() => PlayAsync(HistoryPace.Brisk);

    [Fact]
    public Task Random_histories_of_sessions_that_lie_idle_are_answered_as_the_model_answers_them() => PlayAsync(HistoryPace.Slow);

    private async Task PlayAsync(HistoryPace pace)
    {
        foreach (var steps in HistoryStep.Any.ArrayOf(Length).Sample(Histories))
        {
            var history = pace.Of(steps).ToList();
            await using var stores = CreateStores();
            var node = await stores.OpenAsync(pace.Options);
            var model = new ModelStore(stores.Clock);
            model.Join(pace.Options.Retention);
            var (expected, actual) = (new HistoryPlayer(model, model, pace), new HistoryPlayer(node.Store, node.Feed, pace));
            var cast = new HistoryCast(pace);
            foreach (var (index, step) in history.Index())
            {
                stores.Clock.Advance(step.After);
                var scene = cast.Draw(step);
                var (wanted, got) = (await expected.PlayAsync(scene), await actual.PlayAsync(scene));

                Assert.True(wanted == got, $"Step {index} {step}\nmodel: {wanted}\nstore: {got}\n{string.Join('\n', history.Take(index + 1))}");
                cast.Note(scene, stores.Clock.Now);
            }

            Assert.Equal(await expected.DeniedAsync(stores.Clock), await actual.DeniedAsync(stores.Clock));
        }
    }
}
