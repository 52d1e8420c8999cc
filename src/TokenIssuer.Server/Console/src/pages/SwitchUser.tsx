import { Dialog } from '../ui/Dialog.js';
import { Form } from '../ui/Form.js';
import type { UserDialogProps } from './UserDialogProps.js';

/** Disables a user, or enables one again. */
export function SwitchUser({ api, user, onDone, onClose }: UserDialogProps) {
  async function submit(): Promise<void> {
    await (user.disabled ? api.enable(user.id) : api.disable(user.id));
    onDone(user.disabled ? 'The user may sign in again.' : 'The user is disabled; every session and API token ended.');
  }

  const action = user.disabled ? 'Enable' : 'Disable';
  return (
    <Dialog title={`${action} ${user.username}`} onClose={onClose}>
      <p>
        {user.disabled
          ? 'The user may sign in again. What was ended stays ended.'
          : 'Every session and every API token of the user ends at once, and the user cannot sign in until enabled again.'}
      </p>
      <Form action={action} danger={!user.disabled} submit={submit} onCancel={onClose} />
    </Dialog>
  );
}
