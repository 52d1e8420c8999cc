namespace TokenIssuer.Tests.Stores;

/// <summary>The suite against the model: when both fail, the suite or the model is wrong.</summary>
public sealed class ModelStoreTests : TokenFamilyStoreTests
{
    private protected override StoreUnderTest CreateStores() => new ModelUnderTest();

    private sealed class ModelUnderTest : StoreUnderTest
    {
        private readonly ModelStore _model;

        public ModelUnderTest() => _model = new ModelStore(Clock);

        public override Task<StoreNode> OpenAsync(TokenIssuerOptions options)
        {
            _model.Join(options.Retention);
            return Task.FromResult(new StoreNode(_model, _model));
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
