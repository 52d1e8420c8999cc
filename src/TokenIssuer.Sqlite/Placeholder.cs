namespace TokenIssuer.Sqlite;

internal static class Placeholder;
