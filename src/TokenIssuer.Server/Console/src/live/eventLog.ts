import type { AuditEvent } from '../api/model.js';

/** Newest first, each event once, at most `limit`: `newer` is the newest page, as often as it is asked for. */
export function merged(known: readonly AuditEvent[], newer: readonly AuditEvent[], limit = 200): AuditEvent[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...newer.filter(({ id }) => !ids.has(id)), ...known].slice(0, limit);
}
