import type { Session, SignedInUser } from '@tokenissuer/client';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { createAdminApi } from '../api/adminApi.js';
import { createStepUp } from '../api/stepUp.js';
import { Brand } from '../ui/Brand.js';
import { Notice } from '../ui/Notice.js';
import { isAdministrator } from '../ui/UserFacts.js';
import { wordsFor } from '../ui/words.js';
import { ConfirmPassword } from './ConfirmPassword.js';
import { Shell } from './Shell.js';
import { SignIn } from './SignIn.js';
import { useSession } from './useSession.js';

interface Props {
  readonly session: Session;
  readonly root: URL;
}

export function App({ session, root }: Props) {
  const { state, warning, trouble } = useSession(session);
  const [user, setUser] = useState<SignedInUser>();
  const [failure, setFailure] = useState<unknown>();
  const [asking, setAsking] = useState(false);
  const stepUp = useMemo(() => createStepUp(setAsking), []);
  const api = useMemo(() => createAdminApi(session, root, stepUp.request), [session, root, stepUp]);

  useEffect(() => {
    setFailure(undefined);
    if (state.status === 'signed_in') session.me().then(setUser, setFailure);
    if (state.status !== 'signed_out') return;
    stepUp.refuse();
    setUser(undefined);
  }, [state.status, state.sessionId]);

  if (state.status === 'signed_out') return <SignIn session={session} reason={state.reason} />;
  if (!user) return <Waiting error={failure ?? trouble} />;
  if (!isAdministrator(user.roles)) return <NoAdministrator session={session} user={user} />;
  return (
    <>
      <Shell key={user.sub} session={session} api={api} user={user} warning={warning} trouble={trouble} confirm={stepUp.request} />
      {asking && <ConfirmPassword session={session} user={user} onConfirmed={stepUp.answer} onClose={stepUp.refuse} />}
    </>
  );
}

function Waiting({ error }: { readonly error: unknown }) {
  return (
    <main class="gate">
      <Brand />
      {error === undefined ? <p role="status">Looking for your session …</p> : <Notice kind="bad">{wordsFor(error)}</Notice>}
    </main>
  );
}

function NoAdministrator({ session, user }: { readonly session: Session; readonly user: SignedInUser }) {
  return (
    <main class="gate">
      <Brand />
      <Notice kind="warn">
        You are signed in as <strong>{user.username}</strong>, who is not an administrator.
      </Notice>
      <button type="button" class="primary" onClick={() => void session.logout().catch(() => {})}>
        Sign out
      </button>
    </main>
  );
}
