import type { DeviceSession, Session } from '@tokenissuer/client';
import { useEffect, useState } from 'preact/hooks';
import { wordsFor } from './words.js';

export function Devices({ session }: { readonly session: Session }) {
  const [devices, setDevices] = useState<readonly DeviceSession[]>([]);
  const [error, setError] = useState<unknown>();

  const load = () => session.sessions().then(setDevices, setError);
  useEffect(() => void load(), []);

  async function act(action: Promise<void>): Promise<void> {
    setError(undefined);
    await action.catch(setError);
    await load();
  }

  return (
    <>
      <h1>My devices</h1>
      {error !== undefined && (
        <p role="alert" class="notice bad">
          {wordsFor(error)}
        </p>
      )}
      <ul>
        {devices.map((device) => (
          <li key={device.id}>
            <span>
              {nameOf(device)} {device.current && <strong>this one</strong>}
            </span>
            <time dateTime={device.last_used_at}>{new Date(device.last_used_at).toLocaleString()}</time>
            {!device.current && (
              <button type="button" aria-label={`Sign out ${nameOf(device)}`} onClick={() => void act(session.endSession(device.id))}>
                Sign out
              </button>
            )}
          </li>
        ))}
      </ul>
      {devices.length > 1 && (
        <button type="button" class="alone" onClick={() => void act(session.logout('others'))}>
          Sign out all others
        </button>
      )}
    </>
  );
}

const nameOf = ({ device, user_agent, ip }: DeviceSession) => [device || user_agent || 'Unknown device', ip].filter(Boolean).join(' · ');
