namespace TokenIssuer.Server.Throttling;

/// <summary>Section <c>RateLimits</c>.</summary>
internal sealed class RateLimitOptions
{
    public const string Section = "RateLimits";

    /// <summary>False switches off every throttle, the account lock-out included.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Logins.</summary>
    public LoginLimit Login { get; set; } = new();

    public IEnumerable<string> Faults()
    {
        if (Login.PermitLimit < 1)
        {
            yield return $"RateLimits:Login:PermitLimit is {Login.PermitLimit} but must be at least 1; RateLimits:Enabled=false switches throttles off.";
        }

        if (Login.Window < TimeSpan.FromSeconds(1) || Login.Window > TimeSpan.FromDays(1))
        {
            yield return $"RateLimits:Login:Window is {Login.Window} but must be from 00:00:01 to 1.00:00:00.";
        }
    }
}

/// <summary>How many attempts are let through in which time, for each account and for each address.</summary>
internal sealed class LoginLimit
{
    public int PermitLimit { get; set; } = 10;

    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);
}
