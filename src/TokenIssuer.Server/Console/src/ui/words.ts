import { SessionError, type SessionErrorCode } from '@tokenissuer/client';
import { AdminError } from '../api/adminError.js';

const sessionWords: Record<SessionErrorCode, string> = {
  signed_out: 'You are signed out.',
  session_changed: 'Somebody else signed in here meanwhile; nothing was done.',
  idle: 'Paused while you are away.',
  cookies_blocked: 'This browser blocks cookies, so nobody can sign in here.',
  origin_not_listed: 'This page may not call that address.',
  network: 'The issuer does not answer.',
  unavailable: 'The issuer is busy or unwell. Try again in a moment.',
  throttled: 'Too many attempts. Wait a minute.',
  invalid_credentials: 'User name or password is wrong.',
  mfa_required: 'Enter the one-time code as well.',
  session_limit: 'Too many sessions. End one elsewhere first.',
  weak_password: 'That password is too weak.',
  forbidden_origin: 'The issuer does not accept this page’s address.',
  not_found: 'Not found.',
  unexpected: 'The issuer gave an answer that this page does not know.',
};

/** What to tell the administrator about a failure. */
export function wordsFor(error: unknown): string {
  if (error instanceof SessionError) return sessionWords[error.code];
  if (error instanceof AdminError) return [error.message, ...error.reasons].join(' ');
  // What fetch throws when no answer came.
  if (error instanceof TypeError) return sessionWords.network;
  return error instanceof Error ? error.message : String(error);
}

/** `refresh_reuse` as a label. */
export function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
