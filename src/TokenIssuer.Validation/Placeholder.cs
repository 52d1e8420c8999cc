namespace TokenIssuer.Validation;

internal static class Placeholder;
