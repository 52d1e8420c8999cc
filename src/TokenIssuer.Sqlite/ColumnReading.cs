using Microsoft.Data.Sqlite;
using TokenIssuer.Families;

namespace TokenIssuer.Sqlite;

/// <summary>How values of the domain are read from a column.</summary>
internal static class ColumnReading
{
    public static UInt128 ReadIdentifier(this SqliteDataReader reader, int column) => Identifier128.Read(reader.GetFieldValue<byte[]>(column));

    public static string? ReadText(this SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateTimeOffset ReadTime(this SqliteDataReader reader, int column) => DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(column));

    public static Scope ReadScope(this SqliteDataReader reader, int column) => Scope.TryParse(reader.GetString(column), out var scope)
        ? scope
        : throw new TokenStoreUnavailableException("A record in the token store has an impossible scope: the file was tampered with.");
}
