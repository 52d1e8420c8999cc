export type { DeviceSession, SignedInUser } from './account.js';
export type { SessionFetch, SessionRequestInit } from './apiFetch.js';
export { createSession } from './createSession.js';
export { SessionError, type SessionErrorCode } from './errors.js';
export type { SessionEvent, SessionListener, SessionState, SessionStatus, SignedInBy, SignedOutReason } from './events.js';
export type { Session, SessionOptions } from './session.js';
export type { Credentials } from './signIn.js';
export type { LogoutScope } from './signOut.js';
