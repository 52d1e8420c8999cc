import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import type { Revoked, Target, User } from '../api/model.js';
import { addressOfAudit } from '../app/route.js';
import { useLoaded } from '../live/useLoaded.js';
import { Notice } from '../ui/Notice.js';
import { RevokeDialog } from '../ui/RevokeDialog.js';
import { Roles, Standing } from '../ui/UserFacts.js';
import { count, wordsFor } from '../ui/words.js';
import { ChangeRoles } from './ChangeRoles.js';
import { DeleteUser } from './DeleteUser.js';
import { ResetPassword } from './ResetPassword.js';
import { ResetSecondFactor } from './ResetSecondFactor.js';
import { Sessions } from './Sessions.js';
import { SwitchUser } from './SwitchUser.js';

interface Props {
  readonly api: AdminApi;
  readonly id: string;
  /** The administrator's own id. */
  readonly self: string;
}

type Doing =
  | { readonly what: 'roles' | 'password' | 'factor' | 'switch' | 'delete' }
  | { readonly what: 'revoke'; readonly title: string; readonly target: Target };

/** One user: standing, roles, sessions. */
export function UserPage({ api, id, self }: Props) {
  const user = useLoaded(() => api.user(id), id);
  const sessions = useLoaded(() => api.sessionsOf(id), id);
  const [doing, setDoing] = useState<Doing>();
  const [done, setDone] = useState('');
  const [gone, setGone] = useState('');
  const { value, error } = user;

  function close(): void {
    setDoing(undefined);
  }

  function finish(words: string): void {
    close();
    setDone(words);
    void user.reload();
    void sessions.reload();
  }

  if (!value) return error === undefined ? <p role="status">Loading …</p> : <Notice kind="bad">{wordsFor(error)}</Notice>;

  if (gone) return <Gone user={value} words={gone} />;

  return (
    <>
      <Trail />
      <h1>
        {value.username} <Standing user={value} />
      </h1>
      {done && <Notice kind="good">{done}</Notice>}
      {id === self && <Notice kind="plain">This is you. What ends your sessions ends this one too.</Notice>}
      <p>
        Roles: <Roles roles={value.roles} />
      </p>
      <div class="buttons">
        <button type="button" onClick={() => setDoing({ what: 'roles' })}>
          Change roles
        </button>
        <button type="button" onClick={() => setDoing({ what: 'password' })}>
          Reset password
        </button>
        <button type="button" onClick={() => setDoing({ what: 'factor' })}>
          Reset second factor
        </button>
        <button type="button" class={value.disabled ? '' : 'danger'} onClick={() => setDoing({ what: 'switch' })}>
          {value.disabled ? 'Enable' : 'Disable'}
        </button>
        <button type="button" class="danger" onClick={() => setDoing({ what: 'delete' })}>
          Delete
        </button>
        <a class="button" href={addressOfAudit(id)}>
          Audit log
        </a>
      </div>
      <div class="title">
        <h2>Sessions</h2>
        <button type="button" class="danger" onClick={() => setDoing({ what: 'revoke', title: 'End all sessions', target: { user: id } })}>
          End all
        </button>
      </div>
      {sessions.error !== undefined && <Notice kind="bad">{wordsFor(sessions.error)}</Notice>}
      {!sessions.value && sessions.error === undefined && <p role="status">Loading …</p>}
      {sessions.value && (
        <Sessions sessions={sessions.value} onEnd={(session) => setDoing({ what: 'revoke', title: 'End session', target: { session } })} />
      )}
      {doing?.what === 'roles' && <ChangeRoles api={api} user={value} onDone={finish} onClose={close} />}
      {doing?.what === 'password' && <ResetPassword api={api} user={value} onDone={finish} onClose={close} />}
      {doing?.what === 'factor' && <ResetSecondFactor api={api} user={value} onDone={finish} onClose={close} />}
      {doing?.what === 'switch' && <SwitchUser api={api} user={value} onDone={finish} onClose={close} />}
      {doing?.what === 'delete' && <DeleteUser api={api} user={value} onDone={setGone} onClose={close} />}
      {doing?.what === 'revoke' && (
        <RevokeDialog api={api} title={doing.title} target={doing.target} onDone={(revoked) => finish(endedWords(revoked))} onClose={close} />
      )}
    </>
  );
}

function Trail() {
  return (
    <p class="trail">
      <a href="#/users">Users</a>
    </p>
  );
}

/** What is left of a user who was deleted a moment ago. */
function Gone({ user, words }: { readonly user: User; readonly words: string }) {
  return (
    <>
      <Trail />
      <h1>{user.username}</h1>
      <Notice kind="good">{words}</Notice>
      <div class="buttons">
        <a class="button" href={addressOfAudit(user.id)}>
          Audit log
        </a>
      </div>
    </>
  );
}

const endedWords = ({ sessions, api_tokens }: Revoked) => `Ended: ${count(sessions, 'session')}, ${count(api_tokens, 'API token')}.`;
