import type { Call, Exchange, Send } from './exchange.js';

export type Who = 'victim' | 'thief';

/** What somebody did; with `expected`, the status that a sound issuer answers. */
export interface Step {
  readonly who: Who;
  readonly what: string;
  readonly exchange?: Exchange;
  readonly expected?: number;
}

/** Where a play is watched. */
export interface Stage {
  show(step: Step): void;
  family(session: string, alive: boolean): void;
  /** Milliseconds from the answer that killed to the API's first refusal; undefined if none came. */
  reached(milliseconds: number | undefined): void;
}

/** The browser a play runs in. */
export interface Theatre {
  readonly send: Send;
  /** What a script that got into the page can do to the cookie jar. */
  plant(refreshToken: string): void;
  now(): number;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly session: string;
}

export interface User {
  readonly username: string;
  readonly password: string;
}

/** Nothing that follows would make sense. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

// A hundred times what the feed promises.
const patience = 10_000;

/** One run of one attack: does things, shows them, and remembers the first that went as it should not. */
export class Scene {
  surprise: string | undefined;

  constructor(
    readonly theatre: Theatre,
    readonly stage: Stage,
  ) {}

  tell(who: Who, what: string): void {
    this.stage.show({ who, what });
  }

  async act(who: Who, what: string, call: Call, expected: number): Promise<Exchange> {
    const exchange = await this.theatre.send(call);
    this.#show({ who, what, exchange, expected });
    return exchange;
  }

  /** The same for what has to work, because the rest builds on its tokens. A refused sign-in may be mended first. */
  async obtain(who: Who, what: string, call: Call, mend?: () => Promise<unknown>): Promise<Tokens> {
    let exchange = await this.theatre.send(call);
    if (exchange.status === 401 && mend) {
      await mend();
      exchange = await this.theatre.send(call);
    }
    this.#show({ who, what, exchange, expected: 200 });
    if (exchange.status === 429) throw new Interrupted('The issuer throttles sign-ins, as it should: wait a minute and play again.');
    if (exchange.status !== 200) throw new Interrupted(`${what}: answered ${exchange.status}.`);
    return tokensOf(exchange);
  }

  expect(what: string, holds: boolean): void {
    if (!holds) this.surprise ??= `Not as it should be: ${what}.`;
  }

  /** What the issuer says of a family: it reads its store for every request of its own. */
  async judge({ access, session }: Tokens, expected: 'alive' | 'dead'): Promise<void> {
    const { status } = await this.theatre.send({ to: 'issuer', method: 'GET', path: '/auth/me', token: access });
    this.stage.family(session, status === 200);
    this.expect(`the family should be ${expected}`, status === (expected === 'alive' ? 200 : 401));
  }

  /** Asks the API without a pause until it refuses the token. Call it as soon as the killing answer is there. */
  async untilRefused(what: string, token: string): Promise<void> {
    const { send, now } = this.theatre;
    const start = now();
    const call = readNotes(token);
    let exchange = await send(call);
    while (exchange.status !== 401 && now() - start < patience) exchange = await send(call);
    this.stage.reached(exchange.status === 401 ? now() - start : undefined);
    this.#show({ who: 'thief', what, exchange, expected: 401 });
  }

  #show(step: Step): void {
    this.stage.show(step);
    const { status } = step.exchange ?? {};
    this.expect(`“${step.what}” was answered ${status}, not ${step.expected}`, status === step.expected);
  }
}

export function tokensOf({ body }: Exchange): Tokens {
  const { access_token, refresh_token, session_id } = body;
  return { access: String(access_token), refresh: String(refresh_token ?? ''), session: String(session_id) };
}

export const readNotes = (token: string): Call => ({ to: 'NotesApi', method: 'GET', path: '/api/notes', token });

export const signIn = ({ username, password }: User): Call => ({
  to: 'issuer',
  method: 'POST',
  path: '/auth/login',
  body: { username, password, delivery: 'body', device: 'Attack lab' },
});

export const refresh = ({ refresh }: Tokens): Call => ({ to: 'issuer', method: 'POST', path: '/auth/refresh', body: { refresh_token: refresh } });

export const changePassword = ({ access }: Tokens, from: string, to: string): Call => ({
  to: 'issuer',
  method: 'POST',
  path: '/auth/password',
  body: { current_password: from, new_password: to },
  token: access,
});
