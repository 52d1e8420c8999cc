import { SessionError } from './errors.js';

/** A token answer, in time left rather than in instants, so that it means the same to every clock. All times in milliseconds. */
export interface Grant {
  readonly token: string;
  readonly sessionId: string;
  readonly scope: string;
  readonly expiresIn: number;
  readonly idleIn: number;
  readonly endsIn: number;
}

/** Reads the issuer's answer; `latency` is what the access token may already have aged on the way. */
export function readGrant(answer: Record<string, unknown>, latency: number): Grant {
  const { access_token: token, session_id: sessionId, scope } = answer;
  // Something that is no issuer said 200: a proxy's page, say.
  if (typeof token !== 'string' || typeof sessionId !== 'string') throw new SessionError('unexpected', { status: 200 });

  // An end nobody names is found out by the refusal that follows it.
  const milliseconds = (name: string) => {
    const seconds = answer[name];
    return typeof seconds === 'number' ? seconds * 1_000 : Infinity;
  };
  return {
    token,
    sessionId,
    scope: String(scope ?? ''),
    expiresIn: milliseconds('expires_in') - latency,
    // Latency is not taken off here: an end thought too early would have us ask "is it over?" while it is not,
    // and asking prolongs the session.
    idleIn: milliseconds('idle_expires_in'),
    endsIn: milliseconds('session_expires_in'),
  };
}

/** The same grant some time later. */
export function aged(grant: Grant, ms: number): Grant {
  return { ...grant, expiresIn: grant.expiresIn - ms, idleIn: grant.idleIn - ms, endsIn: grant.endsIn - ms };
}
