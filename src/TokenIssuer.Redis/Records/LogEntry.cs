using System.Diagnostics;
using System.Globalization;
using System.Text;
using TokenIssuer.ApiTokens;
using TokenIssuer.Families;
using TokenIssuer.Revocation;

namespace TokenIssuer.Redis.Records;

/// <summary>An entry as it stands in a stream, with the position of the entry before it: a hole in the log shows.</summary>
internal readonly record struct LogEntry(RevocationEntry Entry, LogPosition Position, LogPosition Predecessor)
{
    public const byte Version = 1;
    public const int FamilyKind = 1;
    public const int UserKind = 2;
    public const int TokenKind = 3;
    public const int KeyKind = 4;
    public const int AllKind = 5;
    private const int TimeWidth = 6;
    private const int GenerationWidth = 7;

    /// <exception cref="FormatException">Of a version or kind that this program does not know: skipping it would forget a revocation.</exception>
    public static LogEntry Unpack(int log, string id, ReadOnlySpan<byte> packed)
    {
        var reader = new PackedReader(packed);
        if (reader.Byte() is var version && version != Version)
        {
            throw new FormatException($"An entry of the revocation log has version {version}; this program knows {Version}.");
        }

        var kind = reader.Byte();
        var reason = (RevocationReason)reader.Byte();
        var until = DateTimeOffset.FromUnixTimeMilliseconds(reader.Integer(TimeWidth));
        var predecessor = new LogPosition(reader.Integer(TimeWidth), reader.Integer(sizeof(uint)));

        // Ids are unique within a log only.
        var name = string.Concat(id, ".", log.ToString(CultureInfo.InvariantCulture));
        RevocationEntry entry = kind switch
        {
            FamilyKind => new RevocationEntry.Family(ReadSession(ref reader), reason, until) { Id = name },
            UserKind => ReadUser(ref reader, reason, until, name),
            TokenKind => new RevocationEntry.Token(Encoding.UTF8.GetString(reader.Rest()), reason, until) { Id = name },
            KeyKind => new RevocationEntry.Key(Encoding.UTF8.GetString(reader.Rest()), reason, until) { Id = name },
            AllKind => new RevocationEntry.All(reader.Integer(GenerationWidth), reason, until) { Id = name },
            _ => throw new FormatException($"An entry of the revocation log is of kind {kind}, which this program does not know."),
        };
        return new LogEntry(entry, Positions.Parse(id), predecessor);
    }

    /// <summary>By whose record an entry is applied; null for those that stand in the log alone.</summary>
    public static UserKey? OwnerOf(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Family family => family.Session.User,
        RevocationEntry.User user => user.UserKey,
        RevocationEntry.Token token when ApiTokenId.TryParse(token.Jti, out var id) => id.User,
        _ => null,
    };

    /// <summary>What an entry with an owner says, as the scripts write it.</summary>
    public static (int Kind, byte[] Body) PackBody(RevocationEntry entry) => entry switch
    {
        RevocationEntry.Family family => (FamilyKind, [.. Identifier128.ToBytes(family.Session.User.Value), .. Identifier128.ToBytes(family.Session.Family.Value)]),
        RevocationEntry.User user => (UserKind, new PackedWriter()
            .Bytes(Identifier128.ToBytes(user.UserKey.Value))
            .Integer(user.Floors.Generation, GenerationWidth)
            .Integer(user.Floors.Floor, GenerationWidth)
            .Integer(user.Floors.ApiFloor, GenerationWidth)
            .Bytes(SubjectText.Pack(user.Subject))
            .ToArray()),
        RevocationEntry.Token token => (TokenKind, Encoding.UTF8.GetBytes(token.Jti)),
        _ => throw new UnreachableException(entry.GetType().Name),
    };

    private static SessionId ReadSession(ref PackedReader reader) => new(
        new UserKey(Identifier128.Read(reader.Take(Identifier128.Size))),
        new FamilyId(Identifier128.Read(reader.Take(Identifier128.Size))));

    private static RevocationEntry.User ReadUser(ref PackedReader reader, RevocationReason reason, DateTimeOffset until, string name)
    {
        var user = new UserKey(Identifier128.Read(reader.Take(Identifier128.Size)));
        var floors = new UserFloors(reader.Integer(GenerationWidth), reader.Integer(GenerationWidth), reader.Integer(GenerationWidth));
        return new RevocationEntry.User(user, SubjectText.Unpack(reader.Rest()), floors, reason, until) { Id = name };
    }
}
