namespace TokenIssuer.AspNetCore;

internal static class Placeholder;
