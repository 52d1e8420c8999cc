import { useState } from 'preact/hooks';
import { Dialog } from '../ui/Dialog.js';
import { Form } from '../ui/Form.js';
import { Phrase } from '../ui/Phrase.js';
import type { UserDialogProps } from './UserDialogProps.js';

export function DeleteUser({ api, user, onDone, onClose }: UserDialogProps) {
  const [typed, setTyped] = useState('');

  async function submit(): Promise<void> {
    await api.deleteUser(user.id);
    onDone('The user is deleted; every session and API token ended.');
  }

  return (
    <Dialog title={`Delete ${user.username}`} onClose={onClose}>
      <p>
        Every session and every API token of the user ends at once, and the user is gone for good: who is made anew under this name is somebody else. What the
        audit log says of the user stays.
      </p>
      <Form action="Delete" danger submit={submit} ready={typed === user.username} onCancel={onClose}>
        <Phrase phrase={user.username} value={typed} onValue={setTyped} focused />
      </Form>
    </Dialog>
  );
}
