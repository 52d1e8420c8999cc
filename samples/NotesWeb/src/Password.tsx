import type { Session } from '@tokenissuer/client';
import { useState } from 'preact/hooks';
import { Field, Form } from './Form.js';

export function Password({ session }: { readonly session: Session }) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [done, setDone] = useState(false);

  async function submit(): Promise<void> {
    setDone(false);
    await session.changePassword(current, next);
    setCurrent('');
    setNext('');
    setDone(true);
  }

  return (
    <>
      <h1>Password</h1>
      <p>A new password signs you out everywhere else.</p>
      <Form action="Change password" submit={submit}>
        <Field label="Current password" type="password" value={current} onValue={setCurrent} autocomplete="current-password" />
        <Field label="New password" type="password" value={next} onValue={setNext} autocomplete="new-password" />
      </Form>
      {done && (
        <p role="status" class="notice good">
          Your password is changed.
        </p>
      )}
    </>
  );
}
