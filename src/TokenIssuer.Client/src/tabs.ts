import type { Environment, Port } from './environment.js';
import type { SignedOutReason } from './events.js';
import type { Grant } from './grant.js';

/** What tabs of one origin tell each other. It carries the access token, which every script of this origin could ask for anyway. */
export type Message =
  /** "I am about to refresh: does somebody have a token, or an unanswered refresh?" */
  | { readonly kind: 'ask'; readonly from: string }
  /** A token. With `to` it answers a question, without it is news for all. `continues` names the session it follows on. */
  | { readonly kind: 'grant'; readonly grant: Grant; readonly to?: string; readonly continues?: string }
  /** A refresh is on the wire or was not answered; it may have happened. Nobody should try before `wait` is over. */
  | { readonly kind: 'unanswered'; readonly key: string; readonly wait: number }
  /** The session is over. */
  | { readonly kind: 'out'; readonly reason: SignedOutReason; readonly sessionId?: string | undefined };

type Stamped = Message & { readonly at: number };

/** Talks to the other tabs, if there is a way to. */
export interface Tabs {
  readonly linked: boolean;
  post(message: Message): void;
  open(): void;
  close(): void;
}

/** `receive` gets each message with its age: a frozen tab reads its mail late. */
export function createTabs({ openPort, clock }: Environment, name: string, receive: (message: Message, age: number) => void): Tabs {
  let port: Port | undefined;

  const tabs: Tabs = {
    get linked() {
      return !!port;
    },
    post: (message) => port?.postMessage({ ...message, at: clock.wall() }),
    open() {
      try {
        port ??= openPort?.(name);
      } catch {
        // Storage is blocked: this tab is alone.
      }
      if (port) port.onmessage = ({ data }: MessageEvent<Stamped>) => receive(data, Math.max(0, clock.wall() - data.at));
    },
    close() {
      port?.close();
      port = undefined;
    },
  };
  tabs.open();
  return tabs;
}
