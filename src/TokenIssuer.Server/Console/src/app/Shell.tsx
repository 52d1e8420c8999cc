import type { Session, SessionError, SignedInUser } from '@tokenissuer/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import { Notice } from '../ui/Notice.js';
import { wordsFor } from '../ui/words.js';
import { type Route, routeOf } from './route.js';
import { type Live, useLive } from './useLive.js';
import type { Warning } from './useSession.js';
import { Audit } from '../pages/Audit.js';
import { Emergency } from '../pages/Emergency.js';
import { Keys } from '../pages/Keys.js';
import { Overview } from '../pages/Overview.js';
import { Revocations } from '../pages/Revocations.js';
import { UserPage } from '../pages/UserPage.js';
import { Users } from '../pages/Users.js';

interface Props {
  readonly session: Session;
  readonly api: AdminApi;
  readonly user: SignedInUser;
  readonly warning: Warning | undefined;
  readonly trouble: SessionError | undefined;
  readonly confirm: () => Promise<void>;
}

const pages = [
  ['overview', 'Overview'],
  ['users', 'Users'],
  ['revocations', 'Revocations'],
  ['audit', 'Audit log'],
  ['keys', 'Keys'],
  ['emergency', 'Emergency'],
] as const;

/** Everything around the page: who is signed in, where to go, and what is wrong. */
export function Shell({ session, api, user, warning, trouble, confirm }: Props) {
  const route = useRoute();
  const live = useLive(api);
  const main = useRef<HTMLElement>(null);
  const address = JSON.stringify(route);
  const shown = useRef(address);

  useEffect(() => {
    document.title = `${titleOf(route)} · TokenIssuer console`;
    // A reader of the screen is told that the page changed, as by a page load.
    if (shown.current !== address) main.current?.focus();
    shown.current = address;
  }, [address]);

  return (
    <>
      <a class="skip" href="#content" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header>
        <p class="brand">
          <img src="assets/icon.svg" alt="" width="24" height="24" />
          <span>TokenIssuer</span> <LiveDot live={live} />
        </p>
        <nav aria-label="Pages">
          {pages.map(([page, title]) => (
            <a key={page} href={`#/${page}`} aria-current={isCurrent(route, page) ? 'page' : undefined} class={page}>
              {title}
            </a>
          ))}
        </nav>
        <p class="who">
          <span>{user.username}</span>
          <button type="button" onClick={() => void session.logout().catch(() => {})}>
            Sign out
          </button>
        </p>
      </header>
      <main id="content" ref={main} tabIndex={-1}>
        {warning && (
          <Notice kind="warn">
            You will be signed out in {warning.secondsLeft} seconds.{' '}
            {warning.canStay && (
              <button type="button" onClick={() => void session.stay().catch(() => {})}>
                Stay signed in
              </button>
            )}
          </Notice>
        )}
        {trouble && <Notice kind="bad">{wordsFor(trouble)}</Notice>}
        {live.needsPassword && (
          <Notice kind="warn">
            Live figures are paused: your sign-in was a while ago.{' '}
            <button type="button" onClick={() => void confirm().catch(() => {})}>
              Confirm password
            </button>
          </Notice>
        )}
        <Content route={route} api={api} live={live} self={user.sub} />
      </main>
    </>
  );
}

function Content({ route, api, live, self }: { readonly route: Route; readonly api: AdminApi; readonly live: Live; readonly self: string }) {
  switch (route.page) {
    case 'overview':
      return <Overview live={live} />;
    case 'users':
      return <Users api={api} />;
    case 'user':
      return <UserPage key={route.id} api={api} id={route.id} self={self} />;
    case 'revocations':
      return <Revocations api={api} live={live} />;
    case 'audit':
      return <Audit key={route.user} api={api} user={route.user} />;
    case 'keys':
      return <Keys api={api} />;
    case 'emergency':
      return <Emergency api={api} />;
  }
}

function LiveDot({ live }: { readonly live: Live }) {
  const [kind, text] = live.error === undefined ? (['good', 'live'] as const) : (['bad', 'not live'] as const);
  return <span class={`dot ${kind}`}>{text}</span>;
}

function useRoute(): Route {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const follow = () => setFragment(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return routeOf(fragment);
}

const isCurrent = (route: Route, page: string) => route.page === page || (route.page === 'user' && page === 'users');

const titleOf = (route: Route) => pages.find(([page]) => isCurrent(route, page))?.[1] ?? 'Overview';
