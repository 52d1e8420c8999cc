namespace TokenIssuer.Redis;

internal static class Placeholder;
