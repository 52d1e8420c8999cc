using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TokenIssuer.Server.Configuration;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests.Server;

public sealed class StartFaultsTests
{
    [Fact]
    public void Every_text_that_does_not_fit_its_setting_is_named()
    {
        var configuration = Configure(
            ("TokenIssuer:IdleTimeout", "soon"),
            ("TokenIssuer:ReuseScope", "Everybody"),
            ("TokenIssuer:MaxSessionsPerUser", "ten"),
            ("TokenIssuer:AbsoluteLifetime", "12:00:00"),
            ("RateLimits:Login:Window", "a while"));

        var faults = StartFaults.Explain(new InvalidOperationException("Failed to convert configuration value 'soon' at 'TokenIssuer:IdleTimeout' to type 'System.TimeSpan'."), configuration);

        Assert.Equal(4, faults.Count);
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:IdleTimeout is \"soon\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:ReuseScope is \"Everybody\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:MaxSessionsPerUser is \"ten\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("RateLimits:Login:Window is \"a while\"", StringComparison.Ordinal));
    }

    [Fact]
    public void What_cannot_be_read_hides_no_broken_rule()
    {
        var configuration = Configure(
            ("TokenIssuer:Issuer", "https://issuer.example"),
            ("TokenIssuer:IdleTimeout", "abc"),
            ("TokenIssuer:AbsoluteLifetime", "-1"),
            ("TokenIssuer:ConcurrencyWindow", "00:05:00"),
            ("TokenIssuer:Cookie:MaxAge", "01:00:00"),
            ("RateLimits:Login:Window", "2"));

        var faults = StartFaults.Explain(new InvalidOperationException("ConnectionStrings:Sqlite can't be read."), configuration);

        Assert.Equal(
            ["TokenIssuer:IdleTimeout is", "ConnectionStrings:Sqlite can't", "TokenIssuer:AbsoluteLifetime is", "TokenIssuer:ConcurrencyWindow is", "TokenIssuer:Cookie:MaxAge is", "RateLimits:Login:Window is"],
            faults.Select(fault => string.Join(' ', fault.Split(' ').Take(2))).Distinct());
    }

    [Theory]
    [InlineData("8", false)]
    [InlineData("0", true)]
    [InlineData("8.00:00:00", true)]
    [InlineData("00:08", true)]
    public void A_bare_number_is_no_duration(string text, bool isClear)
    {
        var section = Configure(("TokenIssuer:AbsoluteLifetime", text), ("TokenIssuer:Keys:RotateEvery", text)).GetSection("TokenIssuer");

        var faults = new Durations<TokenIssuerOptions>(section).Validate(null, new TokenIssuerOptions()).Failures ?? [];

        Assert.Equal(
            isClear ? [] : ["TokenIssuer:AbsoluteLifetime", "TokenIssuer:Keys:RotateEvery"],
            faults.Select(fault => fault.Split(' ')[0]));
    }

    [Fact]
    public void A_name_that_nothing_reads_is_found_and_one_of_either_half_is_known()
    {
        var section = Configure(
            ("TokenIssuer:IdleTimout", "00:10:00"), ("TokenIssuer:cookie:MaxAge", "00:10:00"), ("TokenIssuer:AllowRedisWithoutPassword", "true")).GetSection("TokenIssuer");

        Assert.Equal(["TokenIssuer:IdleTimout"], UnknownSettings.Find(section));
    }

    [Fact]
    public void Every_name_of_the_reference_configuration_is_known()
    {
        var reference = new ConfigurationBuilder().AddJsonFile(Repository.PathOf("appsettings.json")).Build();

        Assert.Empty(UnknownSettings.Find(reference.GetSection("TokenIssuer")));
    }

    [Fact]
    public void Every_broken_rule_is_a_sentence_of_its_own()
    {
        var failure = new AggregateException(
            new OptionsValidationException("a", typeof(string), ["One.", "Two."]),
            new OptionsValidationException("b", typeof(string), ["Three."]));

        Assert.Equal(["One.", "Two.", "Three."], StartFaults.Explain(failure, Configure()));
    }

    [Fact]
    public void Anything_else_is_told_by_its_message()
        => Assert.Equal(["The port is taken."], StartFaults.Explain(new IOException("The port is taken."), Configure(("TokenIssuer:IdleTimeout", "00:10:00"))));

    private static IConfigurationRoot Configure(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
        .Build();
}
