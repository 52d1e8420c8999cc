using TokenIssuer.RefreshTokens;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    [Fact]
    public async Task An_issuer_with_other_keys_than_the_store_was_sealed_with_is_refused()
    {
        await Store.AgreeOnSealKeyAsync(Hold(current: 0, "a"), Cancelled);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Store.AgreeOnSealKeyAsync(Hold(current: 0, "b"), Cancelled));

        Assert.StartsWith("The keys folder does not hold the refresh master key", refusal.Message, StringComparison.Ordinal);
        await Store.AgreeOnSealKeyAsync(Hold(current: 0, "a"), Cancelled);
    }

    [Fact]
    public async Task Issuers_with_the_same_keys_agree()
    {
        var other = await OpenAnotherAsync();

        await Store.AgreeOnSealKeyAsync(Hold(current: 1, "a", "b"), Cancelled);
        await other.Store.AgreeOnSealKeyAsync(Hold(current: 1, "a", "b"), Cancelled);
    }

    [Fact]
    public async Task The_key_that_the_store_remembers_moves_on_with_the_rotation_and_never_back()
    {
        var late = await OpenAnotherAsync();
        await Store.AgreeOnSealKeyAsync(Hold(current: 0, "a"), Cancelled);
        await Store.AgreeOnSealKeyAsync(Hold(current: 0, "a", "b"), Cancelled);
        await late.Store.AgreeOnSealKeyAsync(Hold(current: 0, "a"), Cancelled);

        await Store.AgreeOnSealKeyAsync(Hold(current: 1, "a", "b"), Cancelled);
        await late.Store.AgreeOnSealKeyAsync(Hold(current: 0, "a", "b"), Cancelled);

        await Assert.ThrowsAsync<InvalidOperationException>(() => late.Store.AgreeOnSealKeyAsync(Hold(current: 0, "a"), Cancelled));
        await Store.AgreeOnSealKeyAsync(Hold(current: 0, "b"), Cancelled);
    }

    [Fact]
    public async Task Of_many_issuers_with_keys_of_their_own_one_is_right()
    {
        var other = await OpenAnotherAsync();

        var agreed = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
        {
            try
            {
                await (i % 2 == 0 ? Store : other.Store).AgreeOnSealKeyAsync(Hold(current: 0, $"key-{i}"), Cancelled);
                return true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }));

        Assert.Single(agreed, true);
    }

    private static SealKeys Hold(int current, params string[] fingerprints) => new([.. fingerprints], current);
}
