using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using TokenIssuer.Server.Configuration;

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

        var faults = StartFaults.Explain(new InvalidOperationException("the first that the binder met"), configuration);

        Assert.Equal(4, faults.Count);
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:IdleTimeout is \"soon\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:ReuseScope is \"Everybody\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("TokenIssuer:MaxSessionsPerUser is \"ten\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.StartsWith("RateLimits:Login:Window is \"a while\"", StringComparison.Ordinal));
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
