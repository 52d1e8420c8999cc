using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Tests.Stores;

public abstract partial class TokenFamilyStoreTests
{
    private const int Plenty = 50;

    [Fact]
    public async Task An_added_API_token_is_listed_as_it_was_given()
    {
        var user = new TestUser();
        var older = await AddApiTokenAsync(user);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var newer = await AddApiTokenAsync(user);

        var listed = await Store.ListApiTokensAsync(user.Key, Nothing, Cancelled);

        Assert.Equal([newer, older], listed);
        Assert.Equal(2, (await Store.CountAsync(user.Key, Cancelled)).ApiTokens);
        Assert.Equal(2, (await Store.CountAsync(null, Cancelled)).ApiTokens);
        Assert.Empty(await Store.ListApiTokensAsync(new TestUser().Key, Nothing, Cancelled));
    }

    [Fact]
    public async Task The_use_of_an_API_token_is_noted_to_the_minute()
    {
        var token = await AddApiTokenAsync(new TestUser());
        Clock.Advance(TimeSpan.FromHours(1));
        var first = Clock.Now;

        var used = await UseAsync(token);
        Clock.Advance(TimeSpan.FromSeconds(59));
        var soon = await UseAsync(token);
        Clock.Advance(TimeSpan.FromSeconds(1));
        var later = await UseAsync(token);

        Assert.Equal(token with { LastUsedAt = first }, used);
        Assert.Equal(first, soon?.LastUsedAt);
        Assert.Equal(Clock.Now, later?.LastUsedAt);
        Assert.Equal(later, Assert.Single(await Store.ListApiTokensAsync(token.Id.User, Nothing, Cancelled)));
    }

    [Fact]
    public async Task An_API_token_with_another_secret_unknown_or_expired_is_not_found()
    {
        var token = await AddApiTokenAsync(new TestUser());

        Assert.Null(await Store.UseApiTokenAsync(token.Id, token.SecretHash ^ 1, Nothing, Cancelled));
        Assert.Null(await Store.UseApiTokenAsync(ApiTokenId.New(token.Id.User), token.SecretHash, Nothing, Cancelled));
        Assert.Null(await Store.UseApiTokenAsync(ApiTokenId.New(new TestUser().Key), token.SecretHash, Nothing, Cancelled));
        Assert.NotNull(await UseAsync(token));
        Clock.Advance(token.ExpiresAt - Clock.Now);
        Assert.Null(await UseAsync(token));
        Assert.Empty(await Store.ListApiTokensAsync(token.Id.User, Nothing, Cancelled));
        Assert.Equal(0, (await Store.CountAsync(token.Id.User, Cancelled)).ApiTokens);
    }

    [Fact]
    public async Task A_user_has_no_more_API_tokens_than_allowed()
    {
        var user = new TestUser();
        var token = await AddApiTokenAsync(user);
        var another = await NewApiTokenAsync(user);

        var refused = await Store.AddApiTokenAsync(another, max: 1, Nothing, Cancelled);
        Clock.Advance(token.ExpiresAt - Clock.Now);
        var added = await Store.AddApiTokenAsync(
            another with { CreatedAt = Clock.Now, ExpiresAt = Clock.Now + TimeSpan.FromDays(1) }, max: 1, Nothing, Cancelled);

        Assert.Equal((ApiTokenAdded.LimitReached, ApiTokenAdded.Added), (refused, added));
        Assert.Single(await Store.ListApiTokensAsync(user.Key, Nothing, Cancelled));
    }

    [Fact]
    public async Task A_bearer_that_was_revoked_meanwhile_makes_no_API_token()
    {
        var user = new TestUser();
        var overtaken = await NewApiTokenAsync(user);
        await KillAsync(user, KillReach.Everything);

        var refused = await Store.AddApiTokenAsync(overtaken, Plenty, Nothing, Cancelled);
        var added = await Store.AddApiTokenAsync(await NewApiTokenAsync(user), Plenty, Nothing, Cancelled);

        Assert.Equal((ApiTokenAdded.BearerRevoked, ApiTokenAdded.Added), (refused, added));
        Assert.Single(await Store.ListApiTokensAsync(user.Key, Nothing, Cancelled));
    }

    [Theory]
    [InlineData(nameof(KillReach.AccessTokens), 0)]
    [InlineData(nameof(KillReach.Sessions), 0)]
    [InlineData(nameof(KillReach.Everything), 1)]
    public async Task Only_a_kill_of_everything_reaches_the_API_tokens_of_a_user(string reach, int died)
    {
        var user = new TestUser();
        var token = await AddApiTokenAsync(user);
        var bystander = await AddApiTokenAsync(new TestUser());

        var killed = await KillAsync(user, Enum.Parse<KillReach>(reach));

        Assert.Equal(died, killed.ApiTokens);
        Assert.Equal(died == 0, await UseAsync(token) is not null);
        Assert.NotNull(await UseAsync(bystander));
    }

    [Fact]
    public async Task Killing_everybody_ends_every_API_token()
    {
        var token = await AddApiTokenAsync(new TestUser());

        var killed = await Store.RevokeAllAsync(RevocationReason.Administrator, 0, Cancelled);

        Assert.Equal(1, killed.ApiTokens);
        Assert.Null(await UseAsync(token));
    }

    [Fact]
    public async Task An_API_token_below_the_floor_that_only_the_caller_knows_is_not_found()
    {
        var token = await AddApiTokenAsync(new TestUser());
        var known = new Knowledge(new UserFloors(0, 0, token.Birth + 1), null);

        Assert.Null(await Store.UseApiTokenAsync(token.Id, token.SecretHash, known, Cancelled));
        Assert.Empty(await Store.ListApiTokensAsync(token.Id.User, known, Cancelled));
        Assert.NotNull(await UseAsync(token));
    }

    [Fact]
    public async Task A_revoked_API_token_is_dead_and_logged_whether_it_was_there_or_not()
    {
        var user = new TestUser();
        var (token, kept) = (await AddApiTokenAsync(user), await AddApiTokenAsync(user));
        var before = await Node.TailAsync();

        var first = await Store.RevokeApiTokenAsync(token.Id, RevocationReason.EndedByUser, Cancelled);
        var second = await Store.RevokeApiTokenAsync(token.Id, RevocationReason.EndedByUser, Cancelled);

        Assert.Equal(((0, 1), (0, 0)), ((first.Sessions, first.ApiTokens), (second.Sessions, second.ApiTokens)));
        var entry = Assert.IsType<RevocationEntry.Token>(Assert.Single(first.Entries));
        Assert.Equal((token.Id.ToString(), RevocationReason.EndedByUser), (entry.Jti, entry.Reason));
        Assert.Equal(first.Entries.Concat(second.Entries), (await Node.ReadAsync(before)).Entries);
        Assert.Null(await UseAsync(token));
        Assert.NotNull(await UseAsync(kept));
    }

    [Fact]
    public async Task A_revoked_API_token_that_a_store_has_lost_is_dead_again_once_asserted()
    {
        var token = await AddApiTokenAsync(new TestUser());
        var held = new RevocationEntry.Token(token.Id.ToString(), RevocationReason.EndedByUser, Clock.Now + TimeSpan.FromMinutes(5));

        var killed = await Store.AppendAsync([held], Cancelled);
        Clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal(1, killed.ApiTokens);
        Assert.Null(await UseAsync(token));
    }

    [Fact]
    public async Task A_user_is_remembered_for_as_long_as_an_API_token_lives()
    {
        var user = new TestUser();
        var token = await AddApiTokenAsync(user);
        Clock.Advance(token.ExpiresAt - Clock.Now - TimeSpan.FromMinutes(1));
        for (var i = 0; i < 10; i++)
        {
            await LogInAsync(new TestUser());
        }

        Assert.Equal(token.Subject, (await UseAsync(token))?.Subject);
    }

    private Task<ApiTokenRecord?> UseAsync(ApiTokenRecord token) => Store.UseApiTokenAsync(token.Id, token.SecretHash, Nothing, Cancelled);

    private async Task<ApiTokenRecord> NewApiTokenAsync(TestUser user) => new(
        ApiTokenId.New(user.Key), user.Subject, "backup script", Scope.Of(["notes:read"]), FamilySecret.New().Hash(),
        (await FloorsOfAsync(user)).Generation, Clock.Now, Clock.Now + TimeSpan.FromDays(30), LastUsedAt: null);

    private async Task<ApiTokenRecord> AddApiTokenAsync(TestUser user)
    {
        var token = await NewApiTokenAsync(user);
        Assert.Equal(ApiTokenAdded.Added, await Store.AddApiTokenAsync(token, Plenty, Nothing, Cancelled));
        return token;
    }
}
