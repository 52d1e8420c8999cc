import { type Clock, createClock } from './clock.js';

/** The part of a BroadcastChannel that is used. */
export interface Port {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** Everything the client takes from the page it runs in; tests supply their own. */
export interface Environment {
  readonly clock: Clock;
  fetch(request: string | Request, init?: RequestInit): Promise<Response>;
  random(): number;
  /** Throws or is absent where the browser has no channel between tabs. */
  readonly openPort?: (name: string) => Port;
  readonly locks?: Pick<LockManager, 'request'> | undefined;
  /** Where input, visibility and page life-cycle events arrive. */
  readonly page?: EventTarget | undefined;
  isVisible(): boolean;
  readonly cookies: boolean;
  /** What relative addresses start from now; undefined outside pages. */
  base(): string | undefined;
}

/** The real page. Nothing is read at import time, so a bundle may be loaded on a server. */
export function browser(): Environment {
  const { navigator, document } = globalThis as Partial<typeof globalThis>;
  return {
    clock: createClock({
      monotonic: () => performance.now(),
      wall: () => Date.now(),
      setTimeout: (run, ms) => setTimeout(run, ms),
      clearTimeout: (timer) => clearTimeout(timer as number),
    }),
    // Looked up at each call: other scripts may wrap fetch after us.
    fetch: (request, init) => fetch(request, init),
    random: Math.random,
    openPort: (name) => new BroadcastChannel(name),
    locks: navigator?.locks,
    page: document && (globalThis as unknown as EventTarget),
    isVisible: () => document?.visibilityState !== 'hidden',
    cookies: navigator?.cookieEnabled ?? true,
    base: () => document?.baseURI,
  };
}
