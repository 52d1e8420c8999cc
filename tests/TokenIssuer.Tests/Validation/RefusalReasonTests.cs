using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;

namespace TokenIssuer.Tests.Validation;

/// <summary>Each reason out of the closed set, as operators and clients see it.</summary>
public sealed class RefusalReasonTests
{
    private static readonly Dictionary<string, Func<TestApi, string>> s_causes = new(StringComparer.Ordinal)
    {
        ["accepted"] = api => api.Issuer.Mint(),
        ["expired"] = api => Then(api, api.Issuer.Mint(), () => api.Clock.Advance(TimeSpan.FromMinutes(6))),
        ["not-yet"] = api => Sign(api, payload => payload["nbf"] = (long?)payload["iat"] + 60),
        ["bad-signature"] = api => api.Issuer.Mint()[..^8] + "AAAAAAAA",
        ["unknown-key"] = api => SignHeader(api, header => header["kid"] = "somebody-elses"),
        ["wrong-issuer"] = api => Sign(api, payload => payload["iss"] = "https://other.example"),
        ["wrong-audience"] = api => Sign(api, payload => payload["aud"] = "other"),
        ["wrong-type"] = api => SignHeader(api, header => header["typ"] = "JWT"),
        ["malformed"] = _ => "a.b.c",
        ["revoked-session"] = api => Revoke(api, (session, until) => new RevocationEntry.Family(session, RevocationReason.Logout, until)),
        ["revoked-user"] = api => Revoke(api, (session, until) => new RevocationEntry.User(session.User, new Subject("alice"), UserFloors.All(6), RevocationReason.Logout, until)),
        ["revoked-token"] = api => Revoke(api, (_, until) => new RevocationEntry.Token("the-jti", RevocationReason.ClientRevoked, until)),
        ["revoked-key"] = api => Revoke(api, (_, until) => new RevocationEntry.Key(api.Issuer.Ring.Current.KeyId, RevocationReason.KeyRetired, until)),
        ["stale-feed"] = api => Then(api, api.Issuer.Mint(), () => api.Clock.Advance(TimeSpan.FromSeconds(31))),
        ["store-unavailable"] = api => Then(api, api.Issuer.Mint(), () => api.Feed.Failure = new TokenStoreUnavailableException()),
        ["inactive"] = _ => ApiToken.New(TestIssuer.KeyOf("alice")).Reveal(),
    };

    [Theory]
    [InlineData("accepted", 0, null, 200, null)]
    [InlineData("expired", 3010, "TokenExpired", 401, "expired")]
    [InlineData("not-yet", 3011, "TokenNotYet", 401, "invalid")]
    [InlineData("bad-signature", 3012, "TokenBadSignature", 401, "invalid")]
    [InlineData("unknown-key", 3013, "TokenUnknownKey", 401, "invalid")]
    [InlineData("wrong-issuer", 3014, "TokenWrongIssuer", 401, "invalid")]
    [InlineData("wrong-audience", 3015, "TokenWrongAudience", 401, "invalid")]
    [InlineData("wrong-type", 3016, "TokenWrongType", 401, "invalid")]
    [InlineData("malformed", 3017, "TokenMalformed", 401, "invalid")]
    [InlineData("revoked-session", 3018, "TokenRevokedSession", 401, "revoked")]
    [InlineData("revoked-user", 3019, "TokenRevokedUser", 401, "revoked")]
    [InlineData("revoked-token", 3020, "TokenRevoked", 401, "revoked")]
    [InlineData("revoked-key", 3021, "TokenRevokedKey", 401, "revoked")]
    [InlineData("stale-feed", 3022, "FeedStale", 503, null)]
    [InlineData("store-unavailable", 3023, "IssuerUnavailable", 503, null)]
    [InlineData("inactive", 3024, "TokenInactive", 401, "invalid")]
    public async Task Every_reason_has_its_event_its_tag_and_its_word_for_the_client(string reason, int id, string? name, int status, string? word)
    {
        var seen = new SeenOutcomes();
        await using var api = await TestApi.StartAsync(services: services => services
            .AddSingleton<ILoggerProvider>(seen)
            .AddSingleton<IStartupFilter>(seen));
        using var meters = seen.Listen(api.Services.GetRequiredService<IMeterFactory>());
        var token = s_causes[reason](api);

        using var answer = await api.GetAsync(reason == "store-unavailable" ? "/strict" : "/me", authorization: $"Bearer {token}");

        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal(word is null ? string.Empty : $"Bearer error=\"invalid_token\", error_description=\"{word}\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal(name is null ? [] : [(id, name)], seen.Events);
        Assert.Equal([reason], seen.MetricTags);
        await Redis.Eventually.TrueAsync(() => !seen.TraceTags.IsEmpty, TimeSpan.FromSeconds(30));
        Assert.Equal([reason], seen.TraceTags);
        Assert.DoesNotContain(seen.Lines, line => line.Contains(token.Split('.').ElementAtOrDefault(1) ?? token, StringComparison.Ordinal) && token.Length > 20);
    }

    private static string Then(TestApi api, string token, Action act)
    {
        Assert.NotNull(api);
        act();
        return token;
    }

    private static string Sign(TestApi api, Action<JsonObject> change)
    {
        var payload = api.Issuer.Payload();
        change(payload);
        return api.Issuer.Sign(api.Issuer.Header(), payload);
    }

    private static string SignHeader(TestApi api, Action<JsonObject> change)
    {
        var header = api.Issuer.Header();
        change(header);
        return api.Issuer.Sign(header, api.Issuer.Payload());
    }

    private static string Revoke(TestApi api, Func<SessionId, DateTimeOffset, RevocationEntry> entry)
    {
        var session = TestIssuer.NewSession("alice");
        api.Learn(entry(session, api.Clock.Now + TimeSpan.FromMinutes(20)));
        return Sign(api, payload => (payload["sid"], payload["jti"]) = (session.ToString(), "the-jti"));
    }

    private sealed class SeenOutcomes : ILoggerProvider, ILogger, IStartupFilter
    {
        private readonly Lock _gate = new();
        private readonly List<(int, string?)> _events = [];
        private readonly List<string> _lines = [];
        private readonly List<string?> _metricTags = [];

        public IReadOnlyList<(int Id, string? Name)> Events => _events;

        public IReadOnlyList<string> Lines => _lines;

        public IReadOnlyList<string?> MetricTags => _metricTags;

        public ConcurrentQueue<string?> TraceTags { get; } = new();

        public MeterListener Listen(IMeterFactory meters)
        {
            var meter = meters.Create("TokenIssuer.Validation");
            var listener = new MeterListener
            {
                InstrumentPublished = (instrument, self) =>
                {
                    if (instrument.Meter == meter && instrument.Name == "tokenissuer.validation.tokens")
                    {
                        self.EnableMeasurementEvents(instrument);
                    }
                },
            };
            listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _metricTags.Add(tags[0].Value?.ToString()));
            listener.Start();
            return listener;
        }

        /// <summary>Notes the tag of each request's activity, which the host makes because somebody logs.</summary>
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use(async (context, rest) =>
            {
                await rest(context);
                TraceTags.Enqueue(context.Features.Get<IHttpActivityFeature>()?.Activity.GetTagItem(TokenGate.OutcomeTag) as string);
            });
            next(app);
        };

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_gate)
            {
                _lines.Add(formatter(state, exception));
                if (eventId.Id is >= 3010 and < 3100)
                {
                    _events.Add((eventId.Id, eventId.Name));
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
