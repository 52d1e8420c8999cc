namespace TokenIssuer.Validation;

/// <summary>
/// Has the revocation log itself read to its end before a token is accepted, so that not even the feed's delay remains: for
/// endpoints where money moves. Costs one round trip; when the log can't be read the answer is 503.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class StrictRevocationAttribute : Attribute;
