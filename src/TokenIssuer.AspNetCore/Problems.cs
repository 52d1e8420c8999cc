using Microsoft.AspNetCore.Http;

namespace TokenIssuer.AspNetCore;

/// <summary>Every error that leaves the issuer. The private reason is in the log.</summary>
internal static class Problems
{
    private const string InvalidRequestCode = "invalid_request";

    public static Problem MalformedBody { get; } = Invalid("The body is not JSON of the expected form.");

    public static Problem MissingCredentials { get; } = Invalid("username and password are required.");

    public static Problem MissingPasswords { get; } = Invalid("current_password and new_password are required.");

    public static Problem MissingPassword { get; } = Invalid("current_password is required.");

    public static Problem MissingOtp { get; } = Invalid("otp is required.");

    public static Problem MissingProof { get; } = Invalid("current_password and otp are required.");

    public static Problem MemberTooLong { get; } = Invalid(
        $"A member is too long: username has at most {InputLimits.Username} characters, a password {InputLimits.Password}, otp {InputLimits.Otp}.");

    public static Problem InvalidDevice { get; } = Invalid(
        $"device has at most {InputLimits.Device} characters and no control characters.");

    public static Problem InvalidDelivery { get; } = Invalid("delivery is cookie or body.");

    public static Problem CookieOfOtherClient { get; } = Invalid("Only sessions of the client spa travel as a cookie.");

    public static Problem InvalidLogoutScope { get; } = Invalid("scope is this, others or all.");

    public static Problem InvalidIdempotencyKey { get; } = Invalid(
        $"Idempotency-Key is one header of at most {InputLimits.IdempotencyKey} characters.");

    public static Problem MissingRefreshToken { get; } = Invalid("There is no refresh token.");

    public static Problem AmbiguousRefreshToken { get; } = Invalid("There is more than one refresh token.");

    public static Problem DifferentSessions { get; } = Invalid("The tokens belong to different sessions.");

    public static Problem MissingToken { get; } = Invalid("token is required.");

    public static Problem MissingGrantType { get; } = Invalid("grant_type is required.");

    public static Problem RepeatedParameter { get; } = Invalid("A parameter stands twice.");

    public static Problem AmbiguousClient { get; } = Invalid("The client authenticates in more than one way.");

    public static Problem BadRequest { get; } = Invalid("The request is malformed.");

    /// <summary>The one answer to unknown, expired, reused, foreign and revoked refresh tokens.</summary>
    public static Problem InvalidGrant { get; } = new(StatusCodes.Status400BadRequest, "invalid_grant", "The refresh token is not valid.");

    public static Problem InvalidScope { get; } = new(StatusCodes.Status400BadRequest, "invalid_scope", "The scope is malformed or wider than allowed.");

    public static Problem UnsupportedGrantType { get; } = new(
        StatusCodes.Status400BadRequest, "unsupported_grant_type", "grant_type is refresh_token or client_credentials.");

    public static Problem UnauthorizedClient { get; } = new(
        StatusCodes.Status400BadRequest, "unauthorized_client", "The client may not use this grant type.");

    /// <summary>The one answer to unknown users, wrong passwords, locked and disabled accounts.</summary>
    public static Problem InvalidCredentials { get; } = new(
        StatusCodes.Status401Unauthorized, "invalid_credentials", "The user name, password or code is not right.");

    public static Problem SecondFactorRequired { get; } = new(StatusCodes.Status401Unauthorized, "mfa_required", "The code of the second factor is needed.");

    public static Problem WrongPassword { get; } = new(StatusCodes.Status403Forbidden, "invalid_credentials", "The current password is not right.");

    /// <summary>As <see cref="WrongPassword"/>, where a code is asked for as well: it does not say which of the two.</summary>
    public static Problem WrongProof { get; } = new(
        StatusCodes.Status403Forbidden, "invalid_credentials", "The current password or the code of the second factor is not right.");

    public static Problem WrongOtp { get; } = new(StatusCodes.Status403Forbidden, "invalid_credentials", "The code is not right.");

    public static Problem OtpRequired { get; } = new(StatusCodes.Status403Forbidden, "mfa_required", "The code of the second factor is needed.");

    public static Problem SecondFactorNotBegun { get; } = new(
        StatusCodes.Status409Conflict, "totp_not_begun", "There is no second factor to confirm: begin anew.");

    /// <summary>Nobody should try again with the old password.</summary>
    public static Problem PasswordChangeIncomplete { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The password is changed, but no new session could be started: sign in again later.");

    public static Problem WeakPassword { get; } = new(
        StatusCodes.Status422UnprocessableEntity, "weak_password", "The new password breaks the rules.");

    public static Problem SessionLimit { get; } = new(StatusCodes.Status409Conflict, "session_limit", "There are as many sessions as allowed: end one first.");

    public static Problem Throttled { get; } = new(StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many attempts: try again later.");

    public static Problem ForbiddenOrigin { get; } = new(
        StatusCodes.Status403Forbidden, "forbidden_origin", "The request does not come from an allowed origin.");

    public static Problem InvalidClient { get; } = new(StatusCodes.Status401Unauthorized, "invalid_client", "Client authentication failed.");

    public static Problem InvalidToken { get; } = new(StatusCodes.Status401Unauthorized, "invalid_token", "The access token is missing or not valid.");

    public static Problem InsufficientScope { get; } = new(StatusCodes.Status403Forbidden, "insufficient_scope", "The scope does not allow this.");

    public static Problem Forbidden { get; } = new(StatusCodes.Status403Forbidden, "forbidden", "This is not allowed.");

    /// <summary>RFC 9470 §3: not an administrator, or one whose sign-in is too long ago.</summary>
    public static Problem InsufficientAuthentication { get; } = new(
        StatusCodes.Status403Forbidden, "insufficient_user_authentication", "An administrator who signed in within the last 15 minutes is needed.");

    public static Problem InvalidRevocationOrder { get; } = Invalid(
        "Name exactly one of user, session, token, key and everything, and give a reason of at most 256 characters.");

    public static Problem InvalidPage { get; } = Invalid("after and limit are whole numbers above 0, limit at most 500, user at most 255 characters.");

    public static Problem InvalidUserPage { get; } = Invalid("limit is a whole number from 1 to 200; query and cursor have at most 256 characters.");

    public static Problem InvalidUser { get; } = Invalid(
        "A member is missing, of the wrong type or too long: a user has a username and a password, and at most 32 roles of 64 characters.");

    /// <summary>The directory's own rules: a weak password, a name that is taken.</summary>
    public static Problem UserRefused { get; } = new(
        StatusCodes.Status422UnprocessableEntity, "user_refused", "The user breaks the rules of the directory.");

    /// <summary>There must be a way back.</summary>
    public static Problem LastAdministrator { get; } = new(
        StatusCodes.Status409Conflict, "last_administrator", "There would be no administrator left: make another one first.");

    public static Problem InvalidApiToken { get; } = Invalid(
        "name has 1 to 64 characters without control characters, and expires_in is a whole number of seconds from 1 to 31536000.");

    public static Problem ApiTokenLimit { get; } = new(
        StatusCodes.Status409Conflict, "api_token_limit", "There are as many API tokens as allowed: delete one first.");

    public static Problem ScopeTooWide { get; } = new(
        StatusCodes.Status400BadRequest, "invalid_scope", "The scope is malformed or wider than that of the access token.");

    public static Problem KeysAreDeployed { get; } = new(
        StatusCodes.Status409Conflict, "keys_are_deployed", "The keys are deployed by the operator: put the next one into the keys folder.");

    public static Problem NotFound { get; } = new(StatusCodes.Status404NotFound, "not_found", "There is nothing here.");

    public static Problem MethodNotAllowed { get; } = new(StatusCodes.Status405MethodNotAllowed, "method_not_allowed", "The method is not offered here.");

    public static Problem TooLarge { get; } = new(
        StatusCodes.Status413PayloadTooLarge, "request_too_large", $"The body has more than {InputLimits.Body} bytes.");

    public static Problem UnsupportedMediaType { get; } = new(
        StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The media type of the body is not the expected one.");

    public static Problem ServerError { get; } = new(StatusCodes.Status500InternalServerError, "server_error", "Something went wrong on our side.");

    /// <summary>A failure of ours: nothing is lost, and the same request may be sent again.</summary>
    public static Problem Unavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The request cannot be answered at the moment: try again.");

    /// <summary>What to say for a status that came without a body.</summary>
    public static Problem OfStatus(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => InvalidToken,
        StatusCodes.Status403Forbidden => Forbidden,
        StatusCodes.Status404NotFound => NotFound,
        StatusCodes.Status405MethodNotAllowed => MethodNotAllowed,
        StatusCodes.Status413PayloadTooLarge => TooLarge,
        StatusCodes.Status415UnsupportedMediaType => UnsupportedMediaType,
        StatusCodes.Status429TooManyRequests => Throttled,
        StatusCodes.Status503ServiceUnavailable => Unavailable,
        < StatusCodes.Status500InternalServerError => BadRequest with { Status = status },
        _ => ServerError with { Status = status },
    };

    private static Problem Invalid(string text) => new(StatusCodes.Status400BadRequest, InvalidRequestCode, text);
}
