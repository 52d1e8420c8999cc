import type { Environment } from './environment.js';
import { isPassing, SessionError } from './errors.js';
import type { SignedInBy, SignedOutReason } from './events.js';
import { aged, type Grant } from './grant.js';
import { granted, type Issuer, type Reply } from './issuer.js';
import type { Lock } from './lock.js';
import type { SessionMemory } from './memory.js';
import { PendingRefresh, randomKey } from './pending.js';
import type { Farewell } from './signOut.js';
import { createTabs, type Message, type Tabs } from './tabs.js';

/** Long enough for tabs in the background to answer, too short for a person to notice. */
const askFor = 50;

/** The longest waits within one call: the first time, and while trouble is already known. */
const patience = 30_000;
const patienceInTrouble = 5_000;

const refusals: unknown[] = ['invalid_grant', 'invalid_request'];

/** Keeps the token fresh, with one refresh on the wire for all calls of all tabs. */
export interface Renewal {
  readonly pending: PendingRefresh;
  readonly tabs: Tabs;
  /** Asks for news: resolves once the session is known better than before, rejects when nobody can be asked. */
  renew(): Promise<void>;
  /** Takes a grant that this tab received, and tells the others. */
  take(grant: Grant, by: SignedInBy, continues?: string): void;
  /** Ends the session in all tabs; with `farewell`, the issuer has yet to hear of it. */
  end(reason: SignedOutReason, farewell?: Farewell): void;
}

export function createRenewal(env: Environment, name: string, issuer: Issuer, lock: Lock, memory: SessionMemory): Renewal {
  const { clock, random } = env;
  const me = randomKey();
  const pending = new PendingRefresh(clock, random);
  const tabs = createTabs(env, name, receive);
  let flight: Promise<void> | undefined;
  let heard: (() => void) | undefined;

  function receive(message: Message, age: number): void {
    switch (message.kind) {
      case 'ask': {
        const { grant, farewell } = memory;
        if (farewell) end('logout_pending', farewell);
        if (grant) tabs.post({ kind: 'grant', grant, to: message.from });
        if (pending.key) tabs.post({ kind: 'unanswered', key: pending.key, wait: pending.wait });
        return;
      }
      case 'unanswered':
        return pending.heard(message.key, message.wait - age);
      case 'grant':
        // An answer may come from a tab that missed news, so it counts for the one who asked only; and what is known is no answer.
        if ((message.to && (message.to !== me || !heard)) || message.grant.token === memory.lastToken) return;
        if (isLeft(message.grant, message.continues)) return end('logout_pending', memory.farewell);
        pending.answered();
        memory.adopt(aged(message.grant, age), 'other_tab', message.continues);
        return heard?.();
      case 'out':
        if (message.sessionId && memory.sessionId && message.sessionId !== memory.sessionId) return;
        pending.answered();
        // What this tab has to tell the issuer it tells itself.
        memory.signOut(message.reason, memory.farewell);
        return heard?.();
    }
  }

  /** Whether the user signed out of this very session, or of the one it continues. */
  function isLeft({ sessionId }: Grant, continues?: string): boolean {
    const left = memory.farewell && (memory.farewell.sessionId ?? sessionId);
    return !!left && [sessionId, continues].includes(left);
  }

  const ask = () =>
    new Promise<void>((resolve) => {
      const cancel = clock.after(askFor, done);
      heard = done;
      tabs.post({ kind: 'ask', from: me });

      function done(): void {
        cancel();
        heard = undefined;
        resolve();
      }
    });

  async function attempt(start: number, keepalive: boolean): Promise<void> {
    const overtaken = () => memory.revision !== start;
    if (overtaken()) return;
    if (tabs.linked) await ask();
    if (overtaken() || pending.wait > 0) return;

    const key = pending.takeKey();
    tabs.post({ kind: 'unanswered', key, wait: 0 });
    try {
      const reply = await issuer('/auth/refresh', { body: {}, headers: { 'Idempotency-Key': key }, cookie: true, keepalive });
      if (reply.status === 400 && refusals.includes(reply.body['error'])) {
        pending.answered();
        // The refusal is about the cookie that was sent; meanwhile another tab may have signed in.
        if (!overtaken()) end(reasonOf(reply));
      } else {
        take(granted(reply), 'resume');
      }
    } catch (error) {
      pending.failed(error as SessionError);
      tabs.post({ kind: 'unanswered', key, wait: pending.wait });
      throw error;
    }
  }

  function reasonOf({ body }: Reply): SignedOutReason {
    const soon = clock.now() + 2_000;
    if (memory.status === 'unknown') return 'none';
    if (!memory.proven && body['error'] === 'invalid_request') return 'cookies_blocked';
    return soon > memory.endsAt ? 'expired' : soon > memory.idleAt ? 'idle' : 'ended';
  }

  async function round(): Promise<void> {
    const start = memory.revision;
    const inTrouble = !!pending.trouble;
    const first = inTrouble ? 3 : 0;
    let tries = first;
    for (; tries < 4; tries++) {
      const { wait } = pending;
      if (wait > (inTrouble ? patienceInTrouble : patience)) break;
      await clock.sleep(wait);
      try {
        // Where a browser cannot keep a request alive beyond its page, the second try goes without.
        await lock(() => attempt(start, !tries));
      } catch (error) {
        if (!isPassing(error)) break;
      }
      if (memory.revision !== start) return;
    }
    const error = pending.trouble ?? new SessionError('unavailable');
    if (tries > first) memory.tell({ type: 'trouble', error });
    throw error;
  }

  function take(grant: Grant, by: SignedInBy, continues?: string): void {
    if (isLeft(grant, continues)) return;
    pending.answered();
    memory.adopt(grant, by, continues);
    tabs.post({ kind: 'grant', grant, ...(continues && { continues }) });
  }

  function end(reason: SignedOutReason, farewell?: Farewell): void {
    const { sessionId = memory.farewell?.sessionId } = memory;
    if (!farewell) pending.answered();
    memory.signOut(reason, farewell);
    tabs.post({ kind: 'out', reason, sessionId });
  }

  return {
    pending,
    tabs,
    renew: () => (flight ??= round().finally(() => (flight = undefined))),
    take,
    end,
  };
}
