import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import { addressOfUser } from '../app/route.js';
import { Dialog } from '../ui/Dialog.js';
import { Field } from '../ui/Field.js';
import { Form } from '../ui/Form.js';
import { rolesOf } from '../ui/UserFacts.js';

export function CreateUser({ api, onClose }: { readonly api: AdminApi; readonly onClose: () => void }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [roles, setRoles] = useState('');

  async function submit(): Promise<void> {
    const user = await api.createUser(username.trim(), password, rolesOf(roles));
    onClose();
    location.hash = addressOfUser(user.id);
  }

  return (
    <Dialog title="New user" onClose={onClose}>
      <Form action="Create" submit={submit} ready={username.trim() !== '' && password !== ''} onCancel={onClose}>
        <Field label="User name" value={username} onValue={setUsername} required focused />
        <Field label="Password" type="password" value={password} onValue={setPassword} autocomplete="new-password" required />
        <Field label="Roles" value={roles} onValue={setRoles} hint="Separated by commas; may be empty." />
      </Form>
    </Dialog>
  );
}
