import { type Session, SessionError, type SignedOutReason } from '@tokenissuer/client';
import { useState } from 'preact/hooks';
import { Brand } from '../ui/Brand.js';
import { Field } from '../ui/Field.js';
import { Form } from '../ui/Form.js';
import { Notice } from '../ui/Notice.js';

const reasons: Partial<Record<SignedOutReason, string>> = {
  logout_pending: 'You are signed out here, but the issuer could not be told yet. Leave this page open: it goes on trying.',
  ended: 'Your session was ended elsewhere.',
  idle: 'You were signed out after a time without activity.',
  expired: 'Your session reached its end. Sign in again.',
  cookies_blocked: 'This browser blocks cookies, so nobody can sign in here.',
};

interface Props {
  readonly session: Session;
  readonly reason: SignedOutReason | undefined;
}

export function SignIn({ session, reason }: Props) {
  const [username, setUsername] = useState('');
  const notice = reason && reasons[reason];
  return (
    <main class="gate">
      <Brand />
      <p class="sub">Administration</p>
      {notice && <Notice kind="warn">{notice}</Notice>}
      <PasswordForm session={session} username={username} action="Sign in">
        <Field label="User name" value={username} onValue={setUsername} autocomplete="username" required focused />
      </PasswordForm>
    </main>
  );
}

interface PasswordFormProps {
  readonly session: Session;
  readonly username: string;
  readonly action: string;
  readonly onSignedIn?: () => void;
  readonly onCancel?: () => void;
  readonly children?: preact.ComponentChildren;
}

/** Password, and the one-time code once it is asked for. */
export function PasswordForm({ session, username, action, onSignedIn, onCancel, children }: PasswordFormProps) {
  const [password, setPassword] = useState('');
  const [otp, setOtp] = useState<string>();

  async function submit(): Promise<void> {
    try {
      await session.login({ username: username.trim(), password, device: 'Admin console', ...(otp && { otp: otp.trim() }) });
    } catch (error) {
      if (error instanceof SessionError && error.code === 'mfa_required') setOtp((before) => before ?? '');
      throw error;
    }
    onSignedIn?.();
  }

  return (
    <Form action={action} submit={submit} ready={username.trim() !== '' && password !== ''} {...(onCancel && { onCancel })}>
      {children}
      <Field label="Password" type="password" value={password} onValue={setPassword} autocomplete="current-password" required focused={!children} />
      {otp !== undefined && <Field label="One-time code" value={otp} onValue={setOtp} autocomplete="one-time-code" focused />}
    </Form>
  );
}
