namespace TokenIssuer.Tests.Validation;

/// <summary>One API for the tests of a class that leave its clock and its replica alone.</summary>
public sealed class TestApiFixture : IAsyncLifetime
{
    private TestApi? _api;

    internal TestApi Api => _api ?? throw new InvalidOperationException("The API was not started.");

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public async ValueTask DisposeAsync() => await Api.DisposeAsync();
}
