using Microsoft.Extensions.Configuration;
using TokenIssuer.Families;
using TokenIssuer.Tests.Hosting;

namespace TokenIssuer.Tests;

public sealed class TokenIssuerOptionsTests
{
    public static TheoryData<string, string, string> Faults => new()
    {
        { "Issuer", "", "TokenIssuer:Issuer is \"\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Issuer", "issuer.example", "TokenIssuer:Issuer is \"issuer.example\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Issuer", "ftp://issuer", "TokenIssuer:Issuer is \"ftp://issuer\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Issuer", "https://issuer/", "TokenIssuer:Issuer is \"https://issuer/\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Issuer", "https://issuer?a", "TokenIssuer:Issuer is \"https://issuer?a\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Issuer", "https://issuer#a", "TokenIssuer:Issuer is \"https://issuer#a\" but must be an absolute http(s) URL without query, fragment or trailing slash." },
        { "Audience", " ", "TokenIssuer:Audience is empty: set the name of the API that the access tokens are for." },
        { "KeysDirectory", "", "TokenIssuer:KeysDirectory is empty: set the folder of the private keys." },
        { "Scopes:0", "notes:read notes:write", "TokenIssuer:Scopes has \"notes:read notes:write\", which is not one scope name (RFC 6749 section 3.3)." },
        { "Scopes:0", "", "TokenIssuer:Scopes has \"\", which is not one scope name (RFC 6749 section 3.3)." },
        { "Scopes:0", "a\"b", "TokenIssuer:Scopes has \"a\"b\", which is not one scope name (RFC 6749 section 3.3)." },
        { "AccessTokenLifetime", "00:00:00.5", "TokenIssuer:AccessTokenLifetime is 00:00:00.5000000 but must be from 00:00:01 to 00:10:00, or more with TokenIssuer:AllowLongAccessTokens." },
        { "AccessTokenLifetime", "00:10:01", "TokenIssuer:AccessTokenLifetime is 00:10:01 but must be from 00:00:01 to 00:10:00, or more with TokenIssuer:AllowLongAccessTokens." },
        { "IdleTimeout", "00:00:00", "TokenIssuer:IdleTimeout is 00:00:00 but must be at least 00:00:01." },
        { "IdleTimeout", "13:00:00", "TokenIssuer:IdleTimeout (13:00:00) is longer than TokenIssuer:AbsoluteLifetime (12:00:00): a session can't idle longer than it lives." },
        { "AbsoluteLifetime", "367.00:00:00", "TokenIssuer:AbsoluteLifetime is 367.00:00:00 but must be from 00:00:01 to 366 days." },
        { "ConcurrencyWindow", "-00:00:01", "TokenIssuer:ConcurrencyWindow is -00:00:01 but must be from 00:00:00 (strict) to 00:02:00." },
        { "ConcurrencyWindow", "00:02:01", "TokenIssuer:ConcurrencyWindow is 00:02:01 but must be from 00:00:00 (strict) to 00:02:00." },
        { "LostResponseWindow", "-00:00:01", "TokenIssuer:LostResponseWindow is -00:00:01 but must be from 00:00:00 (off) to 01:00:00." },
        { "LostResponseWindow", "01:00:01", "TokenIssuer:LostResponseWindow is 01:00:01 but must be from 00:00:00 (off) to 01:00:00." },
        { "ReuseScope", "7", "TokenIssuer:ReuseScope must be Family or User." },
        { "MaxSessionsPerUser", "0", "TokenIssuer:MaxSessionsPerUser is 0 but must be at least 1." },
        { "MaxSessionsPerRole:admin", "0", "TokenIssuer:MaxSessionsPerRole:admin is 0 but must be at least 1." },
        { "MaxApiTokensPerUser", "-1", "TokenIssuer:MaxApiTokensPerUser is -1 but must be at least 0." },
        { "SessionLimitPolicy", "7", "TokenIssuer:SessionLimitPolicy must be EvictOldest or Refuse." },
        { "Keys:AnnounceFor", "-00:00:01", "TokenIssuer:Keys:AnnounceFor is -00:00:01 but must not be negative." },
        { "Keys:RotateEvery", "23:59:59", "TokenIssuer:Keys:RotateEvery is 23:59:59 but must be at least 00:00:01 and at least TokenIssuer:Keys:AnnounceFor (1.00:00:00)." },
        { "Keys:RetainFor", "00:09:59", "TokenIssuer:Keys:RetainFor is 00:09:59 but must be at least twice TokenIssuer:AccessTokenLifetime, or live tokens would lose their key." },
        { "Clients:0:ClientId", "", "TokenIssuer:Clients has an empty or repeated ClientId (\"\")." },
        { "Clients:0:ClientId", "spa", "TokenIssuer:Clients has an empty or repeated ClientId (\"spa\")." },
        { "Clients:0:Secret", "", "TokenIssuer:Clients: \"api\" must have one of Secret and SecretHash, or be Public." },
        { "Clients:0:Public", "true", "TokenIssuer:Clients: \"api\" must have one of Secret and SecretHash, or be Public." },
        { "Clients:0:SecretHash", new string('a', 64), "TokenIssuer:Clients: \"api\" must have one of Secret and SecretHash, or be Public." },
        { "Clients:0:GrantTypes:0", "password", "TokenIssuer:Clients: \"api\" has the grant type \"password\"; refresh_token and client_credentials are offered." },
        { "Clients:0:Scopes:0", "a b", "TokenIssuer:Clients: \"api\" has the scope \"a b\", which is not one scope name (RFC 6749 section 3.3)." },
    };

    [Fact]
    public void The_defaults_are_valid_and_those_of_the_contract()
    {
        var options = new TokenIssuerOptions();

        Assert.Empty(FaultsOf(options));
        AssertDefaults(options);
        Assert.False(options.AllowLongAccessTokens);
        Assert.False(options.Keys.Generate);
    }

    [Fact]
    public void The_reference_configuration_says_the_defaults()
    {
        var configuration = new ConfigurationBuilder().AddJsonFile(Repository.PathOf("appsettings.json")).Build();
        var options = new TokenIssuerOptions { Issuer = "replaced" };

        configuration.GetSection("TokenIssuer").Bind(options);

        Assert.Equal(string.Empty, options.Issuer);
        options.Issuer = "https://issuer.example";
        Assert.Empty(FaultsOf(options));
        AssertDefaults(options);
        Assert.Equal(1, options.MaxSessionsPerRole["admin"]);
        Assert.Equal(["notes:read", "notes:write"], options.Scopes);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_is_one_sentence(string key, string value, string sentence)
    {
        Assert.Empty(FaultsOf(Bind()));

        var faults = FaultsOf(Bind((key, value)));

        Assert.Equal([sentence], faults);
    }

    [Fact]
    public void Several_faults_are_several_sentences()
    {
        var faults = FaultsOf(Bind(("Audience", ""), ("MaxSessionsPerUser", "0"), ("Clients:0:GrantTypes:0", "implicit")));

        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void Two_clients_of_one_name_are_refused()
    {
        var faults = FaultsOf(Bind(("Clients:1:ClientId", "api"), ("Clients:1:Secret", "another")));

        Assert.Equal(["TokenIssuer:Clients has an empty or repeated ClientId (\"api\")."], faults);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    public void A_secret_hash_that_is_no_SHA256_is_refused(string hash)
    {
        var faults = FaultsOf(Bind(("Clients:0:Secret", ""), ("Clients:0:SecretHash", hash)));

        Assert.Equal(["TokenIssuer:Clients: the SecretHash of \"api\" must be the SHA-256 of the secret in 64 hexadecimal digits."], faults);
    }

    [Theory]
    [InlineData("AccessTokenLifetime", "00:00:01")]
    [InlineData("IdleTimeout", "00:00:01")]
    [InlineData("ConcurrencyWindow", "00:00:00")]
    [InlineData("LostResponseWindow", "00:00:00")]
    [InlineData("MaxSessionsPerUser", "1")]
    [InlineData("Keys:AnnounceFor", "00:00:00")]
    [InlineData("ReuseScope", "User")]
    [InlineData("SessionLimitPolicy", "Refuse")]
    [InlineData("Issuer", "https://issuer.example/tenant")]
    public void The_least_value_of_each_setting_is_accepted(string key, string value) => Assert.Empty(FaultsOf(Bind((key, value))));

    [Fact]
    public void Every_lifetime_goes_down_to_a_second()
    {
        var options = Bind(
            ("AccessTokenLifetime", "00:00:01"), ("IdleTimeout", "00:00:01"), ("AbsoluteLifetime", "00:00:01"), ("Keys:AnnounceFor", "00:00:01"),
            ("Keys:RotateEvery", "00:00:01"), ("Keys:RetainFor", "00:00:02"));

        Assert.Empty(FaultsOf(options));
    }

    [Fact]
    public void A_long_access_token_wants_its_own_flag_and_a_key_that_is_kept_as_long()
    {
        var options = Bind(("AccessTokenLifetime", "01:00:00"), ("Keys:RetainFor", "02:00:00"));
        Assert.Single(FaultsOf(options));

        options.AllowLongAccessTokens = true;

        Assert.Empty(FaultsOf(options));
    }

    [Theory]
    [InlineData("00:05:00", "00:20:00")]
    [InlineData("00:00:01", "00:10:02")]
    public void An_entry_of_the_log_outlives_every_token_that_it_could_forbid(string lifetime, string retention)
        => Assert.Equal(TimeSpan.Parse(retention), new TokenIssuerOptions { AccessTokenLifetime = TimeSpan.Parse(lifetime) }.Retention);

    private static void AssertDefaults(TokenIssuerOptions options)
    {
        Assert.Equal(TimeSpan.FromMinutes(5), options.AccessTokenLifetime);
        Assert.Equal(TimeSpan.FromMinutes(30), options.IdleTimeout);
        Assert.Equal(TimeSpan.FromHours(12), options.AbsoluteLifetime);
        Assert.Equal(TimeSpan.FromSeconds(30), options.ConcurrencyWindow);
        Assert.Equal(TimeSpan.FromMinutes(10), options.LostResponseWindow);
        Assert.Equal(ReuseScope.Family, options.ReuseScope);
        Assert.Equal(10, options.MaxSessionsPerUser);
        Assert.Equal(SessionLimitPolicy.EvictOldest, options.SessionLimitPolicy);
        Assert.Equal(TimeSpan.FromHours(24), options.Keys.AnnounceFor);
        Assert.Equal(TimeSpan.FromDays(30), options.Keys.RotateEvery);
        Assert.Equal(TimeSpan.FromHours(1), options.Keys.RetainFor);
        Assert.Equal("keys", options.KeysDirectory);
    }

    /// <summary>A valid configuration with one client, and what a test changes of it.</summary>
    private static TokenIssuerOptions Bind(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>
        {
            ["Issuer"] = "https://issuer.example",
            ["Clients:0:ClientId"] = "api",
            ["Clients:0:Secret"] = "secret",
            ["Clients:0:GrantTypes:0"] = "client_credentials",
            ["Clients:0:Scopes:0"] = "revocations:read",
        };
        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        var options = new TokenIssuerOptions();
        new ConfigurationBuilder().AddInMemoryCollection(all).Build().Bind(options);
        return options;
    }

    private static List<string> FaultsOf(TokenIssuerOptions options)
        => [.. new TokenIssuerOptionsValidator().Validate(null, options).Failures ?? []];
}
