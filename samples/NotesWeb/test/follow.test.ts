import { SessionError, type SessionEvent, type SessionListener } from '@tokenissuer/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { follow } from '../src/follow.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const address = new URL('https://api.example/api/stream');

/** A stream of some ticks that the server then closes. */
const ticks = (count: number) =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (let tick = 0; tick < count; tick++) controller.enqueue(new TextEncoder().encode('data: tick\n\n'));
        controller.close();
      },
    }),
  );

/** A session whose calls are answered from a list; the last answer stands. */
function sessionOf(...answers: (() => Response)[]) {
  const listeners = new Set<SessionListener>();
  const fetch = vi.fn(async (_input: unknown, _init?: { background?: boolean }) => (answers.length > 1 ? answers.shift() : answers[0])!());
  return {
    session: {
      state: { status: 'signed_in' } as const,
      fetch,
      onChange: (listener: SessionListener) => (listeners.add(listener), () => void listeners.delete(listener)),
    },
    fetch,
    tell: (event: SessionEvent) => listeners.forEach((listener) => listener(event, { status: 'signed_in' })),
  };
}

const refuse = (code: 'signed_out' | 'idle' | 'network') => () => {
  throw new SessionError(code);
};

it('comes back when the server closes the stream, and never counts as use of the session', async () => {
  const { session, fetch } = sessionOf(() => ticks(2), () => ticks(1), refuse('signed_out'));
  const tick = vi.fn();

  follow(session, address, tick);
  await vi.advanceTimersByTimeAsync(5_000);

  expect(tick).toHaveBeenCalledTimes(3);
  expect(fetch.mock.calls.every(([, init]) => init?.background === true)).toBe(true);
});

it('stops for good when the session is over', async () => {
  const { session, fetch } = sessionOf(refuse('signed_out'));

  follow(session, address, () => {});
  await vi.advanceTimersByTimeAsync(120_000);

  expect(fetch).toHaveBeenCalledTimes(1);
});

it('rests while the user is away, and goes on with the next token', async () => {
  const { session, fetch, tell } = sessionOf(refuse('idle'), refuse('signed_out'));

  follow(session, address, () => {});
  await vi.advanceTimersByTimeAsync(120_000);
  const whileAway = fetch.mock.calls.length;
  tell({ type: 'warning', secondsLeft: 60, canStay: true });
  tell({ type: 'renewed' });
  await vi.advanceTimersByTimeAsync(5_000);

  expect(whileAway).toBe(1);
  expect(fetch).toHaveBeenCalledTimes(2);
});

it('tries ever less often on a dead line', async () => {
  const { session, fetch } = sessionOf(refuse('network'));

  const stop = follow(session, address, () => {});
  await vi.advanceTimersByTimeAsync(600_000);
  stop();

  expect(fetch.mock.calls.length).toBeGreaterThan(10);
  expect(fetch.mock.calls.length).toBeLessThan(40);
});

it('stops when told to, also in a pause', async () => {
  const { session, fetch } = sessionOf(refuse('network'));

  const stop = follow(session, address, () => {});
  await vi.advanceTimersByTimeAsync(1_000);
  stop();
  const before = fetch.mock.calls.length;
  await vi.advanceTimersByTimeAsync(120_000);

  expect(fetch).toHaveBeenCalledTimes(before);
});
