import { useState } from 'preact/hooks';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { Form } from '../ui/Form.js';
import type { UserDialogProps } from './UserDialogProps.js';

export function ResetPassword({ api, user, onDone, onClose }: UserDialogProps) {
  const [password, setPassword] = useState('');

  async function submit(): Promise<void> {
    await api.setPassword(user.id, password);
    onDone('Password reset; every session and API token of the user ended.');
  }

  return (
    <Dialog title={`Reset the password of ${user.username}`} onClose={onClose}>
      <p>Every session and every API token of the user ends at once.</p>
      <Form action="Reset password" danger submit={submit} ready={password !== ''} onCancel={onClose}>
        <Field label="New password" type="password" value={password} onValue={setPassword} autocomplete="new-password" required focused />
      </Form>
    </Dialog>
  );
}
