import { SessionError, type SessionErrorCode, type SignedOutReason } from '@tokenissuer/client';

const errors: Record<SessionErrorCode, string> = {
  signed_out: 'You are signed out.',
  session_changed: 'Somebody else signed in here meanwhile.',
  idle: 'Paused while you were away.',
  cookies_blocked: 'This browser blocks cookies. Allow them for this site to sign in.',
  origin_not_listed: 'This page may not call that address.',
  network: 'The line seems to be dead. Try again.',
  unavailable: 'The service is busy. Try again in a moment.',
  throttled: 'Too many attempts. Wait a minute.',
  invalid_credentials: 'User name or password is wrong.',
  mfa_required: 'Enter the one-time code as well.',
  session_limit: 'You are signed in on too many devices. End a session elsewhere first.',
  weak_password: 'That password is too weak.',
  forbidden_origin: 'The issuer does not accept this page’s address.',
  not_found: 'That is gone already.',
  unexpected: 'Something went wrong.',
};

/** What to tell the user about a failure; the compiler sees to it that no code is forgotten. */
export function wordsFor(error: unknown): string {
  if (error instanceof SessionError) return [errors[error.code], ...(error.reasons ?? [])].join(' ');
  return error instanceof Error ? error.message : String(error);
}

/** Why there is no session, where that is worth a notice. */
export const farewells: Partial<Record<SignedOutReason, string>> = {
  logout_pending: 'You are signed out here, but the server could not be told yet. Leave this page open: it goes on trying.',
  ended: 'Your session was ended. If that was not you, change your password.',
  idle: 'You were signed out because nobody was here for a while.',
  expired: 'Your session reached its end. Sign in again.',
  cookies_blocked: errors.cookies_blocked,
};
