import type { Environment } from './environment.js';
import type { SessionMemory } from './memory.js';
import type { Renewal } from './renewal.js';
import type { SignOut } from './signOut.js';

/** Timers stand still in frozen pages and sleeping machines; a look this often notices what was missed. */
const glance = 30_000;

/** An end is asked about only when it is surely past, whole seconds on the wire included: asking earlier would prolong the session. */
const surely = 2_000;

/** What acts without being called. */
export interface Watch {
  /** Somebody is there. */
  touch(): void;
  stop(): void;
}

/** Delivers a pending sign-out. Refreshes ahead of expiry while somebody is there, warns before the end, and asks the issuer when the end seems to have come. */
export function createWatch({ clock, page, isVisible }: Environment, memory: SessionMemory, { renew, pending, tabs }: Renewal, { deliver }: SignOut): Watch {
  let warned = 0;
  let cancel = () => {};

  function look(): void {
    const now = clock.now();
    const { farewell } = memory;
    if (memory.status === 'signed_out' && !farewell) return cancel();
    if (farewell || isDue(now)) {
      if (now >= Math.max(pending.backgroundAt, pending.notBefore)) (farewell ? deliver : renew)().catch(plan);
    } else if (now >= memory.warnAt && warned !== memory.revision) {
      warned = memory.revision;
      const secondsLeft = Math.max(0, Math.round((memory.overAt - now) / 1_000));
      memory.tell({ type: 'warning', secondsLeft, canStay: memory.canStay });
    }
    plan();
  }

  /** Whether the issuer has to be asked now, without a call that needs it. */
  function isDue(now: number): boolean {
    return (
      memory.status === 'unknown' ||
      now >= memory.overAt + surely ||
      (memory.used && (now >= memory.refreshAt || (now >= memory.warnAt && memory.canStay)))
    );
  }

  function plan(): void {
    cancel();
    const now = clock.now();
    const coming = [memory.refreshAt, memory.warnAt, memory.overAt + surely, pending.backgroundAt, pending.notBefore];
    cancel = clock.after(Math.min(glance, ...coming.map((at) => at - now).filter((ms) => ms > 0)), look);
  }

  function touch(): void {
    memory.used = true;
    if (clock.now() >= memory.refreshAt) look();
  }

  /** The way to the issuer may be open again; what a server told us to wait still holds. */
  function reconsider(): void {
    if (pending.trouble?.code === 'network') pending.calm();
    look();
  }

  const reactions: Record<string, (event: Event) => void> = {
    online: reconsider,
    resume: reconsider,
    visibilitychange: () => isVisible() && reconsider(),
    // A page in the back-forward cache hears nothing, and an open channel may keep it out of there.
    pagehide: tabs.close,
    pageshow: (event) => {
      if (!(event as PageTransitionEvent).persisted) return;
      tabs.open();
      if (memory.farewell) return look();
      // Whoever was signed in then need not be now, also when nobody was.
      memory.forget();
      memory.used = true;
      renew().catch(plan);
    },
    pointerdown: touch,
    keydown: touch,
    wheel: touch,
  };

  const listening = { capture: true, passive: true };
  for (const type in reactions) page?.addEventListener(type, reactions[type]!, listening);
  const unlisten = memory.listen(look);
  look();

  return {
    touch,
    stop() {
      for (const type in reactions) page?.removeEventListener(type, reactions[type]!, listening);
      unlisten();
      tabs.close();
      cancel();
    },
  };
}
