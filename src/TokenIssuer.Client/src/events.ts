import type { SessionError } from './errors.js';

/** `unknown` until the first answer of the issuer: after a page load, or while it cannot be reached. */
export type SessionStatus = 'unknown' | 'signed_in' | 'signed_out';

/** What this tab knows right now. */
export interface SessionState {
  readonly status: SessionStatus;
  /** Names the session in `sessions()` and `endSession(id)`. */
  readonly sessionId?: string;
  /** The granted scopes, space separated. */
  readonly scope?: string;
  /** Why there is no session, while `status` is `signed_out`. */
  readonly reason?: SignedOutReason;
}

/**
 * Why there is no session.
 * `none`: the page found none. `logout`: the user signed out. `logout_pending`: so too, but the issuer has not heard of it yet; this tab goes on telling it. `ended`: ended elsewhere, by the user on another device, by an administrator, or because a stolen token was noticed.
 * `idle`: timed out unused. `expired`: reached its absolute end. `cookies_blocked`: the browser did not keep the cookie.
 */
export type SignedOutReason = 'none' | 'logout' | 'logout_pending' | 'ended' | 'idle' | 'expired' | 'cookies_blocked';

/** How this tab came to the session. */
export type SignedInBy = 'login' | 'resume' | 'other_tab';

/** What `onChange` tells. */
export type SessionEvent =
  | { readonly type: 'signed_in'; readonly by: SignedInBy }
  | { readonly type: 'signed_out'; readonly reason: SignedOutReason }
  /** Another session, perhaps of another user, took this browser over: drop what is on the screen and load it anew. */
  | { readonly type: 'switched' }
  /** A new token arrived; the idle time starts again. */
  | { readonly type: 'renewed' }
  /** The session ends in `secondsLeft` unless somebody stays; `canStay` is false before its absolute end. */
  | { readonly type: 'warning'; readonly secondsLeft: number; readonly canStay: boolean }
  /** The issuer cannot be reached or answers wrongly. The session is kept; a later `renewed` ends the trouble. */
  | { readonly type: 'trouble'; readonly error: SessionError };

/** Receives each event together with the state after it. */
export type SessionListener = (event: SessionEvent, state: SessionState) => void;
