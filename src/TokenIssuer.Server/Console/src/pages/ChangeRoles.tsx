import { useState } from 'preact/hooks';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { Form } from '../ui/Form.js';
import { rolesOf } from '../ui/UserFacts.js';
import type { UserDialogProps } from './UserDialogProps.js';

export function ChangeRoles({ api, user, onDone, onClose }: UserDialogProps) {
  const [roles, setRoles] = useState(user.roles.join(', '));

  async function submit(): Promise<void> {
    await api.setRoles(user.id, rolesOf(roles));
    onDone('Roles changed.');
  }

  return (
    <Dialog title={`Roles of ${user.username}`} onClose={onClose}>
      <p>Access tokens with the old roles stop working at once. Sessions go on and get the new roles at their next refresh.</p>
      <Form action="Change roles" submit={submit} onCancel={onClose}>
        <Field label="Roles" value={roles} onValue={setRoles} hint="Separated by commas; may be empty." focused />
      </Form>
    </Dialog>
  );
}
