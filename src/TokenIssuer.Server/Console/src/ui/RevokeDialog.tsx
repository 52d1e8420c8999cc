import { useState } from 'preact/hooks';
import type { AdminApi } from '../api/adminApi.js';
import type { Revoked, Target } from '../api/model.js';
import { useLoaded } from '../live/useLoaded.js';
import { Dialog } from './Dialog.js';
import { Field } from './Field.js';
import { Form } from './Form.js';
import { Notice } from './Notice.js';
import { Phrase } from './Phrase.js';
import { count, wordsFor } from './words.js';

interface Props {
  readonly api: AdminApi;
  readonly title: string;
  readonly target: Target;
  /** What has to be typed before the button works; for what cannot be repaired by signing in again. */
  readonly phrase?: string;
  readonly onDone: (revoked: Revoked) => void;
  readonly onClose: () => void;
}

/** Says what a revocation would end before it is asked for, and why it is done goes into the audit log. */
export function RevokeDialog({ api, title, target, phrase, onDone, onClose }: Props) {
  // What can be repaired by signing in again needs no essay.
  const [reason, setReason] = useState(phrase === undefined ? 'Ended by an administrator' : '');
  const [typed, setTyped] = useState('');
  const weight = useLoaded(() => api.weigh(target), JSON.stringify(target));

  return (
    <Dialog title={title} onClose={onClose}>
      {weight.value && (
        <p class="weight" role="status">
          This ends {weight.value.at_least && 'at least '}
          <strong>{count(weight.value.sessions, 'session')}</strong> and <strong>{count(weight.value.api_tokens, 'API token')}</strong>, at once and
          for good.
        </p>
      )}
      {weight.error !== undefined && <Notice kind="bad">{wordsFor(weight.error)}</Notice>}
      <Form
        action={title}
        danger
        ready={reason.trim() !== '' && (phrase === undefined || typed === phrase)}
        onCancel={onClose}
        submit={async () => onDone(await api.revoke(target, reason.trim()))}
      >
        <Field label="Reason, for the audit log" value={reason} onValue={setReason} required focused />
        {phrase !== undefined && <Phrase phrase={phrase} value={typed} onValue={setTyped} />}
      </Form>
    </Dialog>
  );
}
