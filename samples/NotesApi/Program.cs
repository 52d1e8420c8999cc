using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using NotesApi;
using TokenIssuer.Validation;

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
{
    builder.Services.AddRedisRevocationFeed(redis);
}

builder.Services.AddAuthentication().AddTokenIssuerBearer(builder.Configuration.GetSection(TokenIssuerValidationOptions.Section));
builder.Services.AddAuthorization(options => options.FallbackPolicy = options.DefaultPolicy);
builder.Services.AddProblemDetails(Problems.Describe);
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = false);
builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
builder.Services.AddHealthChecks().AddCheck<RevocationFeedHealthCheck>("revocations");
builder.Services.AddSingleton<Notes>();
builder.Services.AddCors(options => options.AddDefaultPolicy(policy => policy
    .WithOrigins(builder.Configuration.GetSection("AllowedOrigins").Get<string[]>() ?? [])
    .WithMethods("GET", "POST")
    .WithHeaders("Authorization", "Content-Type")
    .WithExposedHeaders("Retry-After", "WWW-Authenticate")));

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseCors();
app.UseAuthentication();
app.UseAuthorization();

app.MapGet("/health/live", () => Results.Ok()).AllowAnonymous();
app.MapHealthChecks("/health/ready").AllowAnonymous();
app.MapGet("/api/public", () => new { message = "Anybody may read this." }).AllowAnonymous();

app.MapGet("/api/notes", (ClaimsPrincipal user, Notes notes) => new { notes = notes.Of(SubjectOf(user)) })
    .RequireScope("notes:read");

app.MapPost("/api/notes", (NewNote note, ClaimsPrincipal user, Notes notes) => note.Text is { Length: > 0 and <= 1000 } text
        ? Results.Created("/api/notes", notes.Add(SubjectOf(user), text))
        : Results.Problem(Problems.InvalidNote))
    .RequireScope("notes:write");

app.MapGet("/api/me", (ClaimsPrincipal user) => new
{
    sub = SubjectOf(user),
    session_id = user.FindFirstValue("sid"),
    scope = user.FindFirstValue("scope"),
});

app.MapGet("/api/stream", (TimeProvider clock, CancellationToken ended) => TypedResults.ServerSentEvents(TickAsync(clock, ended)))
    .EndWithToken();

app.MapGet("/api/feed", (RevocationFeedState feed) => new
{
    source = feed.Source,
    cursor = feed.Cursor,
    age_ms = (long)feed.Age.TotalMilliseconds,
    stale = feed.IsStale,
    entries = feed.Entries,
}).AllowAnonymous();

await app.RunAsync();

static string SubjectOf(ClaimsPrincipal user) => user.FindFirstValue("sub") ?? throw new InvalidOperationException("Every accepted token has a sub.");

// One event each second; `ended` fires when the token is revoked or expires, or the client leaves.
static async IAsyncEnumerable<SseItem<string>> TickAsync(TimeProvider clock, [EnumeratorCancellation] CancellationToken ended)
{
    using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
    do
    {
        yield return new SseItem<string>(clock.GetUtcNow().ToString("O"), "tick");
    }
    while (await timer.WaitForNextTickAsync(ended));
}
