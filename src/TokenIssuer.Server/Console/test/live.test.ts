import { describe, expect, it } from 'vitest';
import { type AuditEvent, isRevoking, type Key, type Overview } from '../src/api/model.js';
import { merged } from '../src/live/eventLog.js';
import { extended, reach, type Sample } from '../src/live/history.js';
import { areaOf, ceilingOf, lineOf } from '../src/live/plot.js';
import { spans } from '../src/live/spans.js';

const event = (id: number): AuditEvent => ({ id, at: '2026-11-22T10:00:00Z', type: 'revoked' });
const sample = (at: number): Sample => ({ at, overview: {} as Overview });
const key = (kid: string, created_at: string): Key => ({ kid, alg: 'ES256', phase: 'signing', created_at });

describe('the live log', () => {
  it('puts what is new before what is known, each event once', () => {
    const log = merged([event(3), event(2)], [event(5), event(4), event(3)]);

    expect(log.map(({ id }) => id)).toEqual([5, 4, 3, 2]);
  });

  it('does not grow without bound', () => {
    expect(merged([event(2), event(1)], [event(3)], 2).map(({ id }) => id)).toEqual([3, 2]);
  });
});

describe('the revocations', () => {
  it.each([
    ['user_deleted', null, true],
    ['second_factor_reset', null, true],
    ['api_token_deleted', null, true],
    ['second_factor_enabled', 'replaced', true],
    ['second_factor_enabled', null, false],
    ['api_token_created', null, false],
    ['login', null, false],
  ])('show what ended something: %s, %s', (type, reason, shown) => {
    expect(isRevoking({ ...event(1), type, reason })).toBe(shown);
  });
});

describe('the charts', () => {
  it('forget what is older than their reach', () => {
    const history = extended([sample(0), sample(reach - 1)], sample(reach));

    expect(history.map(({ at }) => at)).toEqual([reach - 1, reach]);
  });

  it.each([
    [0, 1],
    [0.4, 1],
    [1.1, 2],
    [47, 50],
    [50, 50],
    [501, 1_000],
  ])('end above %d at %d', (value, ceiling) => {
    expect(ceilingOf(value)).toBe(ceiling);
  });

  it('draw the newest point at the right edge and the ceiling at the top', () => {
    const path = lineOf([{ at: 0, value: 0 }, { at: 500, value: 5 }, { at: 1_000, value: 10 }], 1_000, 10);

    expect(path).toBe('M0.00 100.00L50.00 50.00L100.00 0.00');
  });

  it('show the first point as a dot', () => {
    expect(lineOf([{ at: 500, value: 5 }], 1_000, 10)).toBe('M100.00 50.00h0');
  });

  it('draw nothing of nothing', () => {
    expect(lineOf([], 1_000, 1)).toBe('');
  });

  it('stand on their ground, but for a single point', () => {
    expect(areaOf([{ at: 0, value: 0 }, { at: 500, value: 5 }], 1_000, 10)).toBe('M50.00 100.00L100.00 50.00V100H50.00Z');
    expect(areaOf([{ at: 500, value: 5 }], 1_000, 10)).toBe('');
  });
});

describe('the time line of keys', () => {
  it('starts with the oldest key and ends now', () => {
    const now = Date.parse('2026-11-22T00:00:00Z');

    const { from, bars } = spans([key('old', '2026-11-02T00:00:00Z'), key('young', '2026-11-12T00:00:00Z')], now);

    expect(from).toBe(Date.parse('2026-11-02T00:00:00Z'));
    expect(bars.map(({ start, end }) => [start, end])).toEqual([[0, 100], [50, 100]]);
  });

  it('shows a key that was born this moment, or by a clock that is ahead', () => {
    const now = Date.parse('2026-11-22T00:00:00Z');

    const { bars } = spans([key('old', '2026-11-02T00:00:00Z'), key('new', '2026-11-22T00:01:00Z')], now);

    expect(bars[1]?.start).toBe(98);
  });
});
