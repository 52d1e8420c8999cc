/** What the administration API speaks: field names as on the wire, instants as ISO 8601. */

export interface User {
  /** The `sub` of the user's tokens. */
  readonly id: string;
  readonly username: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** What to ask for next; absent at the end. */
  readonly next?: string;
}

export type KeyPhase = 'announced' | 'signing' | 'retiring';

export interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly phase: KeyPhase;
  readonly created_at: string;
}

export interface AuditEvent {
  readonly id: string | number;
  readonly at: string;
  readonly type: string;
  readonly user?: string | null;
  readonly session?: string | null;
  readonly actor?: string | null;
  readonly ip?: string | null;
  readonly user_agent?: string | null;
  readonly reason?: string | null;
}

/** Every type of event, in the order of the filter. */
export const auditTypes = [
  'login',
  'login_refused',
  'logout',
  'password_changed',
  'refresh_reuse',
  'refresh_replay_foreign',
  'revoked',
  'session_evicted',
  'user_disabled',
  'user_enabled',
  'user_deleted',
  'roles_changed',
  'second_factor_enabled',
  'second_factor_reset',
  'api_token_created',
  'api_token_deleted',
  'key_rotated',
  'key_retired',
  'store_loss',
] as const;

const revokingTypes: ReadonlySet<string> = new Set<(typeof auditTypes)[number]>([
  'logout',
  'password_changed',
  'refresh_reuse',
  'revoked',
  'session_evicted',
  'user_disabled',
  'user_deleted',
  'roles_changed',
  'second_factor_reset',
  'api_token_deleted',
  'key_retired',
  'store_loss',
]);

/** After this event something that worked before works no more. A second factor ends what is older only where it takes the place of another. */
export function isRevoking({ type, reason }: AuditEvent): boolean {
  return revokingTypes.has(type) || (type === 'second_factor_enabled' && reason === 'replaced');
}

export interface Overview {
  readonly active_sessions: number;
  readonly logins_per_minute: number;
  readonly refreshes_per_minute: number;
  readonly revocations_per_minute: number;
  readonly reuse_last_24h: number;
  readonly feed_age_ms: number;
  readonly denylist_entries: number;
  readonly store: { readonly kind: string; readonly ready: boolean };
  readonly keys: readonly Key[];
}

/** What to revoke, as `POST /admin/revocations` takes it. */
export type Target = { readonly user: string } | { readonly session: string } | { readonly everything: true };

export interface Revoked {
  readonly sessions: number;
  readonly api_tokens: number;
  /** There are too many to count, or some that cannot be counted. */
  readonly at_least?: true;
}
