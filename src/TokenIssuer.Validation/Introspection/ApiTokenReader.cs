using System.Net;
using Microsoft.Extensions.Logging;
using TokenIssuer.ApiTokens;
using TokenIssuer.Diagnostics;
using TokenIssuer.Families;
using TokenIssuer.Revocation;
using TokenIssuer.Validation.Bearer;
using TokenIssuer.Validation.Diagnostics;
using TokenIssuer.Validation.Keys;
using TokenIssuer.Validation.Tokens;

namespace TokenIssuer.Validation.Introspection;

/// <summary>
/// Finds out whether a text is an API token, by asking the issuer (RFC 7662). What it said is kept for at most an access-token
/// lifetime, and only as long as the revocation log was followed without a gap since; whoever asks has the denylist asked as well.
/// </summary>
internal sealed class ApiTokenReader
{
    private const int Attempts = 3;

    /// <summary>For each: the good ones can't be crowded out by invented ones.</summary>
    private const int Capacity = 4096;

    private static readonly TimeSpan s_keepRefused = TimeSpan.FromSeconds(10);

    private readonly IntrospectionClient _issuer;
    private readonly IssuerKeys _keys;
    private readonly Denylist _denylist;
    private readonly TokenRules _rules;
    private readonly TimeProvider _clock;
    private readonly ILogger<ApiTokenReader> _logger;
    private readonly LogContinuity _continuity;
    private readonly CallAllowance _allowance;
    private readonly SharedCalls _calls = new();
    private readonly LastingTrouble _silence = new();
    private readonly RecentTokens<VouchedToken> _vouched = new(Capacity);
    private readonly RecentTokens<RefusedToken> _refused = new(Capacity);

    public ApiTokenReader(
        IntrospectionClient issuer, IssuerKeys keys, Denylist denylist, TokenRules rules, TimeProvider clock, ILogger<ApiTokenReader> logger)
    {
        _issuer = issuer;
        _keys = keys;
        _denylist = denylist;
        _rules = rules;
        _clock = clock;
        _logger = logger;
        _continuity = new LogContinuity(denylist, rules, clock);
        _allowance = new CallAllowance(clock);
    }

    /// <summary>Accepted means: the issuer vouches for it, as far as the log was followed here. It never means that a request is allowed.</summary>
    public async ValueTask<TokenVerdict> ReadAsync(string text, RevocationDemand demand, CancellationToken cancellationToken)
    {
        if (!_issuer.CanAsk)
        {
            return Verdicts.Refuse(RefusalReason.WrongType);
        }

        if (!ApiToken.TryParse(text, out var token) || !TokenDigest.TryCompute(text, out var digest))
        {
            return Verdicts.Refuse(RefusalReason.Malformed);
        }

        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if ((attempt == 0 ? Recall(token, digest, demand) : null) is { } known)
            {
                return known;
            }

            var verdict = await AskAsync(token, digest, demand).WaitAsync(cancellationToken).ConfigureAwait(false);
            if (verdict is not TokenVerdict.Accepted { Token.Identity: var identity } || _denylist.Check(identity) != Denial.Outdated)
            {
                return verdict;
            }
        }

        // The owner's generation kept moving while the issuer was asked.
        return Verdicts.StoreUnavailable;
    }

    /// <summary>What can be told without asking: dead stays dead, alive needs a log that was followed.</summary>
    private TokenVerdict? Recall(ApiToken token, in TokenDigest digest, RevocationDemand demand)
    {
        var vouched = _vouched.Find(digest);
        var denial = vouched is null ? Denial.None : _denylist.Check(vouched.Token.Identity);
        if (denial == Denial.Token || _denylist.Lists(token.Id))
        {
            return Verdicts.Refuse(RefusalReason.RevokedToken);
        }

        if (denial == Denial.User)
        {
            return Verdicts.Refuse(RefusalReason.RevokedUser);
        }

        if (vouched is not null && _clock.GetUtcNow() >= DateTimeOffset.FromUnixTimeSeconds(vouched.Token.Validity.Expires))
        {
            return Verdicts.Refuse(RefusalReason.Expired);
        }

        if (_refused.Find(digest) is { } refused && _clock.GetElapsedTime(refused.AskedAt) < s_keepRefused)
        {
            return refused.Verdict;
        }

        var isGood = vouched is not null && denial == Denial.None && demand.Strict is null
            && _clock.GetElapsedTime(vouched.AskedAt) < vouched.KeepFor && _continuity.Holds(vouched.Era);
        return isGood ? vouched?.Token.Accepted : null;
    }

    /// <summary>A strict request asks for itself: an answer under way may be older than the request.</summary>
    private Task<TokenVerdict> AskAsync(ApiToken token, TokenDigest digest, RevocationDemand demand)
    {
        // Now: whoever leaves early takes the request along.
        var client = demand.Client;
        return demand.Strict is null
            ? _calls.JoinAsync(digest, () => AskWithinAllowanceAsync(token, digest, client))
            : AskWithinAllowanceAsync(token, digest, client);
    }

    /// <summary>Only a token that was never vouched for here can have been invented.</summary>
    private async Task<TokenVerdict> AskWithinAllowanceAsync(ApiToken token, TokenDigest digest, IPAddress? client)
    {
        if (_vouched.Find(digest) is not null)
        {
            return await AskIssuerAsync(token, digest).ConfigureAwait(false);
        }

        var network = CoarseAddress.Of(client) ?? string.Empty;
        if (!_allowance.TryTake(network))
        {
            _logger.TooManyUnknownApiTokens();
            return Verdicts.StoreUnavailable;
        }

        var verdict = await AskIssuerAsync(token, digest).ConfigureAwait(false);
        if (verdict is not TokenVerdict.Refused)
        {
            _allowance.GiveBack(network);
        }

        return verdict;
    }

    private async Task<TokenVerdict> AskIssuerAsync(ApiToken token, TokenDigest digest)
    {
        if (_keys.Current is not { } keys)
        {
            return Verdicts.StoreUnavailable;
        }

        // All of it before the answer is made: what the log tells meanwhile must count as news.
        var era = _continuity.Era;
        var askedAt = _clock.GetTimestamp();
        var generation = _denylist.KnowledgeOf(token.Id.User).Floors.Generation;
        try
        {
            var answer = await _issuer.AskAsync(token).ConfigureAwait(false);
            _silence.End();
            var verdict = answer.Judge(token, keys.Issuer, _rules.Audience, generation);
            if (verdict is TokenVerdict.Accepted accepted)
            {
                _vouched.Add(digest, new VouchedToken(accepted.Token, era, askedAt, answer.KeepFor));
            }
            else
            {
                _refused.Add(digest, new RefusedToken(verdict, askedAt));
            }

            return verdict;
        }
        catch (TokenStoreUnavailableException failure)
        {
            if (_silence.ShouldTell(_clock, failure, out var inFull))
            {
                _logger.IntrospectionFailed(failure.Message, inFull);
            }

            return Verdicts.StoreUnavailable;
        }
    }

    private sealed record VouchedToken(VerifiedAccessToken Token, long Era, long AskedAt, TimeSpan KeepFor);

    private sealed record RefusedToken(TokenVerdict Verdict, long AskedAt);
}
