import { type Session, SessionError, type SignedOutReason } from '@tokenissuer/client';
import { useState } from 'preact/hooks';
import { Field, Form } from './Form.js';
import { farewells } from './words.js';

interface Props {
  readonly session: Session;
  readonly reason: SignedOutReason | undefined;
}

export function SignIn({ session, reason }: Props) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState<string>();
  const farewell = reason && farewells[reason];

  async function submit(): Promise<void> {
    try {
      await session.login({ username, password, ...(otp && { otp }) });
    } catch (error) {
      if (error instanceof SessionError && error.code === 'mfa_required') setOtp('');
      throw error;
    }
  }

  return (
    <main class="narrow">
      <h1>Notes</h1>
      {farewell && (
        <p role="alert" class="notice">
          {farewell}
        </p>
      )}
      <Form action="Sign in" submit={submit}>
        <Field label="User name" value={username} onValue={setUsername} autocomplete="username" />
        <Field label="Password" type="password" value={password} onValue={setPassword} autocomplete="current-password" />
        {otp !== undefined && <Field label="One-time code" value={otp} onValue={setOtp} autocomplete="one-time-code" />}
      </Form>
    </main>
  );
}
