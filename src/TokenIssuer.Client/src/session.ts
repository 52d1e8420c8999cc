import type { Account } from './account.js';
import type { SessionFetch } from './apiFetch.js';
import type { SessionListener, SessionState } from './events.js';
import type { LogIn } from './signIn.js';
import type { SignOut } from './signOut.js';

/** Where the session lives. */
export interface SessionOptions {
  /** The issuer's address. */
  readonly issuer: string;
  /** Origins whose APIs may see the token, besides the page's own and the issuer's. */
  readonly apis?: readonly string[];
  /** Seconds before the session's end at which `warning` is told. Default 60, at most half of the idle time. */
  readonly warnBefore?: number;
}

/**
 * A user's session in this browser, the same one in all its tabs.
 * Every method rejects with a `SessionError` when there is something to say about the session.
 */
export interface Session extends Account {
  /** What this tab knows right now. */
  readonly state: SessionState;

  /** Resolves when the first answer is there, or could not be had (`unknown`). Never rejects. */
  readonly ready: Promise<SessionState>;

  /**
   * Signs in; a session this browser had before ends.
   *
   * @example
   * await session.login({ username, password });
   */
  login: LogIn;

  /**
   * Signs out here, on all other devices, or everywhere. This browser is signed out at once; resolves when the issuer has
   * confirmed it. Rejects when it did not, with the reason `logout_pending`: the page goes on telling the issuer, and a new
   * sign-in waits for that.
   *
   * @example
   * await session.logout('others');
   */
  logout: SignOut['logout'];

  /**
   * A token that is good now; refreshed first if need be. For code that cannot use `fetch` of the session.
   *
   * @example
   * socket.send(await session.getAccessToken());
   */
  getAccessToken(): Promise<string>;

  /**
   * `fetch` with the token. A 401 is answered by one refresh and one more try, a 503 by waiting as long as the server
   * asks (at most 30 s, at most twice). What comes after that is returned as it is.
   *
   * @example
   * const notes = await (await session.fetch('https://api.example.com/api/notes')).json();
   */
  fetch: SessionFetch;

  /**
   * The user's sessions on all devices.
   *
   * @example
   * const others = (await session.sessions()).filter((device) => !device.current);
   */
  sessions: Account['sessions'];

  /**
   * Ends one session of the user; this one too, if it is named.
   *
   * @example
   * await session.endSession(others[0].id);
   */
  endSession: Account['endSession'];

  /**
   * Changes the password. Every session of the user ends, and this browser goes on with a new one. Without the one-time code of
   * a user who has a second factor it is no new sign-in: `auth_time` and the latest end stay those of the old session. A code that
   * is given must be right.
   *
   * @example
   * await session.changePassword(current, next, otp);
   */
  changePassword: Account['changePassword'];

  /**
   * Who is signed in, as the issuer knows it.
   *
   * @example
   * const { username } = await session.me();
   */
  me: Account['me'];

  /**
   * Keeps the session alive: the answer to `warning`.
   *
   * @example
   * stayButton.onclick = () => session.stay();
   */
  stay(): Promise<void>;

  /**
   * Tells every change in this tab, whichever tab caused it. Returns the function that stops telling.
   *
   * @example
   * const stop = session.onChange((event) => event.type === 'signed_out' && showSignIn(event.reason));
   */
  onChange(listener: SessionListener): () => void;

  /** Lets go of timers, listeners and the channel. The session itself goes on. */
  close(): void;
}
