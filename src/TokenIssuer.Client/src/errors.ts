/** The reasons an issuer names itself. */
const words = ['invalid_credentials', 'mfa_required', 'session_limit', 'weak_password', 'forbidden_origin', 'not_found'] as const;

/**
 * Every way a call of the session can fail. The union is closed, so a `switch` over it is checked by the compiler.
 *
 * | Code | Meaning |
 * |---|---|
 * | `signed_out` | there is no session; show the sign-in form |
 * | `session_changed` | another session took this browser over while the call was under way; nothing was sent in its name |
 * | `idle` | a background call needed a new token while the user was away |
 * | `cookies_blocked` | the browser refuses cookies, so no session can live here |
 * | `origin_not_listed` | `fetch` was asked to send the token to an origin that is not in `apis` |
 * | `network` | no answer; the session is kept |
 * | `unavailable` | 503 or another failure of the server; the session is kept |
 * | `throttled` | too many attempts; see `retryAfter` |
 * | `invalid_credentials` | wrong user name, password or one-time code |
 * | `mfa_required` | right password, now ask for the one-time code |
 * | `session_limit` | too many sessions; end one elsewhere first |
 * | `weak_password` | the new password was refused; see `reasons` |
 * | `forbidden_origin` | the issuer does not list this page's origin |
 * | `not_found` | no such session |
 * | `unexpected` | an answer outside the protocol; see `status` |
 */
export type SessionErrorCode =
  | (typeof words)[number]
  | 'signed_out'
  | 'session_changed'
  | 'idle'
  | 'cookies_blocked'
  | 'origin_not_listed'
  | 'network'
  | 'unavailable'
  | 'throttled'
  | 'unexpected';

/** What an answer of the issuer adds to the code. */
export interface SessionErrorDetail {
  readonly status?: number;
  readonly retryAfter?: number | undefined;
  readonly reasons?: readonly string[] | undefined;
}

/**
 * The one error type of this package.
 *
 * @example
 * try {
 *   await session.login({ username, password });
 * } catch (error) {
 *   if (error instanceof SessionError && error.code === 'mfa_required') askForOneTimeCode();
 * }
 */
export class SessionError extends Error {
  override readonly name = 'SessionError';
  /** HTTP status of the answer, when there was one. */
  declare readonly status?: number;
  /** Seconds to wait before trying again, when known. */
  declare readonly retryAfter?: number | undefined;
  /** Why a new password was refused. */
  declare readonly reasons?: readonly string[] | undefined;

  constructor(
    readonly code: SessionErrorCode,
    detail?: SessionErrorDetail,
  ) {
    super(code);
    Object.assign(this, detail);
  }
}

const byStatus: Record<number, SessionErrorCode> = { 404: 'not_found', 422: 'weak_password', 429: 'throttled' };

/** The code for a refusal: the server's own word where it is one of ours, else what the status says. */
export function codeOf(status: number, said: unknown): SessionErrorCode {
  return words.find((word) => word === said) ?? byStatus[status] ?? (status >= 500 ? 'unavailable' : 'unexpected');
}

/** True for failures that say nothing about the session: trying again later is right, signing out is wrong. */
export function isPassing(error: unknown): error is SessionError {
  return error instanceof SessionError && ['network', 'unavailable', 'throttled'].includes(error.code);
}
