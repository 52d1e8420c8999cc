namespace TokenIssuer.Tests.Stores;

/// <summary>The suite against the model: when both fail, the suite or the model is wrong.</summary>
public sealed class ModelStoreTests : TokenFamilyStoreTests
{
    private protected override StoreUnderTest CreateStores() => new ModelUnderTest();
}
