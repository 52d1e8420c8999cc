using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using TokenIssuer.Server.Configuration;

namespace TokenIssuer.Tests.Server;

/// <summary>A Redis that anybody may write to is no store of revocations.</summary>
public sealed class RedisRulesTests
{
    [Theory]
    [InlineData("redis.internal:6379")]
    [InlineData("10.0.0.5:6379,ssl=true")]
    [InlineData("127.0.0.1:6379,10.0.0.5:6379")]
    [InlineData("sentinel.internal:26379,serviceName=tokens")]
    public void In_production_a_redis_elsewhere_needs_a_password(string connection)
    {
        var fault = Assert.Throws<InvalidOperationException>(() => Check(connection, Environments.Production));

        Assert.StartsWith("ConnectionStrings:Redis has no password", fault.Message, StringComparison.Ordinal);
        Check(connection + ",password=hush", Environments.Production);
    }

    [Theory]
    [InlineData("127.0.0.1:6379")]
    [InlineData("localhost:6379,[::1]:6380")]
    public void On_this_host_none_is_needed(string connection) => Check(connection, Environments.Production);

    [Fact]
    public void Elsewhere_it_may_be_missing_in_development_or_where_the_operator_says_so()
    {
        Check("redis.internal:6379", Environments.Development);
        Check("redis.internal:6379", Environments.Production, permission: "true");

        Assert.Throws<InvalidOperationException>(() => Check("redis.internal:6379", Environments.Production, permission: "false"));
    }

    private static void Check(string connection, string name, string? permission = null)
    {
        var environment = Substitute.For<IHostEnvironment>();
        environment.EnvironmentName.Returns(name);
        var settings = new ConfigurationBuilder().AddInMemoryCollection([new("TokenIssuer:AllowRedisWithoutPassword", permission)]).Build();
        RedisRules.Check(connection, environment, settings.GetSection("TokenIssuer"));
    }
}
