import type { Clock } from './clock.js';
import type { SessionEvent, SessionListener, SessionState, SessionStatus, SignedInBy, SignedOutReason } from './events.js';
import { aged, type Grant } from './grant.js';
import type { Farewell } from './signOut.js';

const pending: SignedOutReason = 'logout_pending';

/**
 * The session as this tab knows it. The access token lives in this object and nowhere else.
 * `revision` counts answers that settle something (a token, a sign-out), so that work can see whether it was overtaken.
 * `person` counts changes of who may be signed in, so that a call begun for one user is never finished for another.
 */
export class SessionMemory {
  status: SessionStatus = 'unknown';
  sessionId: string | undefined;
  revision = 0;
  person = 0;

  /** Somebody used the page or the session since the last token came. */
  used = false;
  /** The cookie has been seen to work: some refresh succeeded since the last sign-in. */
  proven = false;
  /** The sign-out that the issuer has not confirmed yet. */
  farewell: Farewell | undefined;

  // Instants of the clock.
  expiresAt = 0;
  refreshAt = 0;
  warnAt = 0;
  idleAt = 0;
  endsAt = 0;

  #grant: Grant | undefined;
  #at = 0;
  #reason: SignedOutReason | undefined;
  readonly #listeners = new Set<SessionListener>();

  constructor(
    readonly clock: Clock,
    readonly random: () => number,
    readonly warnBefore: number,
  ) {}

  get state(): SessionState {
    const { status, sessionId } = this;
    return {
      status,
      ...(sessionId && { sessionId }),
      ...(this.#grant && { scope: this.#grant.scope }),
      ...(this.#reason && { reason: this.#reason }),
    };
  }

  /** The token while it is good, as far as clocks can say. */
  get token(): string | undefined {
    return this.clock.now() < this.expiresAt ? this.#grant?.token : undefined;
  }

  /** The token whatever its age. */
  get lastToken(): string | undefined {
    return this.#grant?.token;
  }

  /** What another tab may have: the grant with the time that is left of it, while there is any. */
  get grant(): Grant | undefined {
    return this.#grant && this.token ? aged(this.#grant, this.clock.now() - this.#at) : undefined;
  }

  /** The earlier of the idle end and the absolute end. */
  get overAt(): number {
    return Math.min(this.idleAt, this.endsAt);
  }

  /** Whether a refresh would move the end. */
  get canStay(): boolean {
    return this.idleAt < this.endsAt;
  }

  /** Takes a new token. `continues` names a session whose user is known to be the same. */
  adopt(grant: Grant, by: SignedInBy, continues?: string): void {
    const before = this.sessionId;
    const now = this.clock.now();
    const life = Math.min(grant.expiresIn, grant.idleIn);
    const left = Math.min(grant.idleIn, grant.endsIn);
    this.#grant = grant;
    this.#at = now;
    this.#reason = this.farewell = undefined;
    this.sessionId = grant.sessionId;
    this.expiresAt = now + grant.expiresIn;
    this.idleAt = now + grant.idleIn;
    this.endsAt = now + grant.endsIn;
    // Ahead of expiry, each tab at its own moment. A token that lasts to the session's end cannot be bettered: trying would
    // give ever shorter ones.
    this.refreshAt = life < grant.endsIn - 1_000 ? now + life * (0.9 - 0.2 * this.random()) : Infinity;
    this.warnAt = now + left - Math.min(this.warnBefore, left / 2);
    this.used = false;
    this.proven = by !== 'login';

    const other = before !== undefined && before !== grant.sessionId && before !== continues;
    if (other) this.person++;
    const wasIn = this.status === 'signed_in';
    this.#settle('signed_in', !wasIn || by === 'login' ? { type: 'signed_in', by } : other ? { type: 'switched' } : { type: 'renewed' });
  }

  /** The first reason stands, until a sign-out turns out to be pending or that one is done. */
  signOut(reason: SignedOutReason, farewell?: Farewell): void {
    this.forget();
    this.sessionId = undefined;
    this.person++;
    this.farewell = farewell;
    if (this.status === 'signed_out' && (reason === pending) === (this.#reason === pending)) this.revision++;
    else this.#settle('signed_out', { type: 'signed_out', reason: (this.#reason = reason) });
  }

  /** Drops the token but not the session: the next use asks the issuer. */
  forget(): void {
    this.#grant = undefined;
    this.expiresAt = this.refreshAt = 0;
  }

  listen(listener: SessionListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Listeners run on their own: what they throw or call cannot disturb the step that told them. */
  tell(event: SessionEvent): void {
    const { state } = this;
    for (const listener of this.#listeners) queueMicrotask(() => listener(event, state));
  }

  #settle(status: SessionStatus, event: SessionEvent): void {
    this.status = status;
    this.revision++;
    this.tell(event);
  }
}
