using TokenIssuer.Audit;
using TokenIssuer.Families;

namespace TokenIssuer.Tests.Server;

public abstract class AuditTrailTests
{
    private static readonly SessionId s_session = new(UserKey.Of("https://issuer", new Subject("alice")), FamilyId.New());

    private protected abstract Task<DirectoryUnderTest> StartAsync(params (string Key, string Value)[] settings);

    [Fact]
    public async Task An_event_reads_back_as_it_was_written()
    {
        await using var directory = await StartAsync();
        var written = new AuditEvent(
            AuditEventType.Revoked, new Subject("alice"), s_session, new Subject("admin-id"), "203.0.113.9", "Chrome 141 · Windows", "left the company\r\n{0}");

        await directory.Audit.WriteAsync(written, CancellationToken.None);

        var read = Assert.Single(await directory.Audit.ReadAsync(null, null, 10, CancellationToken.None));
        Assert.Equal(written, read.Event);
        Assert.Equal(directory.Clock.Now, read.At);
    }

    [Fact]
    public async Task Pages_go_from_the_newest_to_the_oldest_without_gap()
    {
        await using var directory = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            await directory.Audit.WriteAsync(new AuditEvent(AuditEventType.Login, new Subject("alice"), null, Reason: $"{i}"), CancellationToken.None);
        }

        var first = await directory.Audit.ReadAsync(null, null, 3, CancellationToken.None);
        var second = await directory.Audit.ReadAsync(first[^1].Id, null, 3, CancellationToken.None);
        var third = await directory.Audit.ReadAsync(second[^1].Id, null, 3, CancellationToken.None);

        Assert.Equal(["4", "3", "2"], first.Select(record => record.Event.Reason));
        Assert.Equal(["1", "0"], second.Select(record => record.Event.Reason));
        Assert.Empty(third);
    }

    [Fact]
    public async Task One_users_events_can_be_read_alone()
    {
        await using var directory = await StartAsync();
        await directory.Audit.WriteAsync(new AuditEvent(AuditEventType.Login, new Subject("alice"), s_session), CancellationToken.None);
        await directory.Audit.WriteAsync(new AuditEvent(AuditEventType.LoginRefused, null, null), CancellationToken.None);
        await directory.Audit.WriteAsync(new AuditEvent(AuditEventType.Logout, new Subject("bob"), null), CancellationToken.None);

        var alices = await directory.Audit.ReadAsync(null, new Subject("alice"), 10, CancellationToken.None);

        Assert.Equal(AuditEventType.Login, Assert.Single(alices).Event.Type);
    }
}
