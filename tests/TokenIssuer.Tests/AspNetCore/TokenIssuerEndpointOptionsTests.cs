using Microsoft.Extensions.Options;
using TokenIssuer.AspNetCore;

namespace TokenIssuer.Tests.AspNetCore;

public sealed class TokenIssuerEndpointOptionsTests
{
    [Theory]
    [InlineData("https://app.example.com")]
    [InlineData("https://app.example.com:8443")]
    [InlineData("http://localhost:5173")]
    [InlineData("http://[::1]:5173")]
    public void An_origin_as_browsers_send_it_is_accepted(string origin) => Assert.True(Validate(options => options.AllowedOrigins.Add(origin)).Succeeded);

    [Theory]
    [InlineData("*")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://app.example.com:443")]
    [InlineData("https://App.example.com")]
    [InlineData("https://*.example.com")]
    [InlineData("https://user@app.example.com")]
    [InlineData("ftp://app.example.com")]
    public void Anything_else_is_a_fault_that_names_it(string origin)
        => Assert.Contains($"\"{origin}\"", Assert.Single(Validate(options => options.AllowedOrigins.Add(origin)).Failures ?? []));

    [Theory]
    [InlineData(null, true)]
    [InlineData("00:00:01", true)]
    [InlineData("00:30:00", true)]
    [InlineData("00:00:00", false)]
    [InlineData("00:30:01", false)]
    [InlineData("-00:01:00", false)]
    public void The_cookie_lives_half_an_hour_at_most(string? maxAge, bool isValid)
        => Assert.Equal(isValid, Validate(options => options.Cookie.MaxAge = maxAge is null ? null : TimeSpan.Parse(maxAge)).Succeeded);

    [Fact]
    public async Task A_fault_stops_the_start_with_one_sentence_each()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => IssuerHost.StartAsync(new IssuerSetup
        {
            Endpoints = options =>
            {
                options.AllowedOrigins.Add("https://app.example.com/");
                options.Cookie.MaxAge = TimeSpan.FromDays(30);
            },
        }));

        Assert.Equal(2, failure.Failures.Count());
    }

    private static ValidateOptionsResult Validate(Action<TokenIssuerEndpointOptions> configure)
    {
        var options = new TokenIssuerEndpointOptions();
        configure(options);
        return new TokenIssuerEndpointOptionsValidator().Validate(null, options);
    }
}
