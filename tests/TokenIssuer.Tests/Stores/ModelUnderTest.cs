using TokenIssuer.Families;

namespace TokenIssuer.Tests.Stores;

/// <summary>The model store, all nodes on one; a test may take backups of it.</summary>
internal sealed class ModelUnderTest : StoreUnderTest
{
    public ModelUnderTest() => Model = new ModelStore(Clock);

    public ModelStore Model { get; }

    public override Task<StoreNode> OpenAsync(TokenIssuerOptions options)
    {
        Model.Join(options.Retention);
        return Task.FromResult(new StoreNode(Model, Model));
    }

    public override Task CopyAsync(TokenFamily family, IReadOnlyList<SessionId> copies)
    {
        Model.Copy(family, copies);
        return Task.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
