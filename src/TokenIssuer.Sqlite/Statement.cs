using Microsoft.Data.Sqlite;

namespace TokenIssuer.Sqlite;

/// <summary>One SQL statement with the parameters <c>?1</c>, <c>?2</c>, …: prepared at its first use and kept with its connection.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql, int parameters = 0)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
        for (var number = 1; number <= parameters; number++)
        {
            _command.Parameters.Add(new SqliteParameter { ParameterName = $"?{number}" });
        }
    }

    /// <returns>How many rows were changed.</returns>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    public SqliteDataReader Read(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteReader();
    }

    /// <returns>The first column of the first row; 0 without one.</returns>
    public long ReadNumber(params ReadOnlySpan<object?> values)
    {
        using var reader = Read(values);
        return reader.Read() && !reader.IsDBNull(0) ? reader.GetInt64(0) : 0;
    }

    /// <returns>The first column of a few rows, read to the end: they may be deleted then.</returns>
    public IReadOnlyList<object> ReadKeys(params ReadOnlySpan<object?> values)
    {
        using var reader = Read(values);
        if (!reader.Read())
        {
            return [];
        }

        var keys = new List<object>();
        do
        {
            keys.Add(reader.GetValue(0));
        }
        while (reader.Read());
        return keys;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
