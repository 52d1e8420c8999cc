// Starts the issuer as it was built with the solution: own process, own port, own folder, embedded store.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const worker = { id: 'worker', secret: 'worker secret: +/%&=' };
export const web = { id: 'web', secret: 'web secret: +/%&=' };
export const mobile = { id: 'mobile' };
export const audience = 'notes-api';

const patience = 180_000;
const server = fileURLToPath(new URL('../../src/TokenIssuer.Server/bin/', import.meta.url));

/** @returns {Promise<{ address: string, stop: () => Promise<void> }>} */
export async function startIssuer() {
  const folder = await mkdtemp(join(tmpdir(), 'oauth-clients-'));
  const address = `http://localhost:${await findFreePort()}`;
  const program = spawn('dotnet', ['exec', findServer(), '--urls', address], { cwd: folder, env: settings(address, folder) });
  let said = '';
  program.stdout.on('data', (text) => (said += text));
  program.stderr.on('data', (text) => (said += text));
  const ended = new Promise((resolve) => program.once('exit', resolve));

  const stop = async () => {
    program.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };

  const deadline = Date.now() + patience;
  while (!(await isReady(address))) {
    if (program.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`The issuer did not start.\n${said}`);
    }

    await pause(50);
  }

  return { address, stop };
}

/** Signs Alice in, as a client that is no browser: the built-in one, or a configured one by its id and secret. */
export async function signIn(address, client) {
  const headers = { 'Content-Type': 'application/json' };
  if (client?.secret) {
    const pair = [client.id, client.secret].map(encodeURIComponent).join(':');
    headers.Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  }

  const response = await fetch(`${address}/auth/login`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ username: 'alice', password: 'correct-horse-1', delivery: 'body', client_id: client?.id }),
  });
  if (!response.ok) throw new Error(`The sign-in was answered with ${response.status}.`);
  return response.json();
}

function settings(address, folder) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.includes('__') && !name.startsWith('ASPNETCORE_'));
  return {
    ...Object.fromEntries(inherited),
    ASPNETCORE_ENVIRONMENT: 'Development',
    TokenIssuer__Issuer: address,
    TokenIssuer__Audience: audience,
    TokenIssuer__KeysDirectory: join(folder, 'keys'),
    TokenIssuer__Clients__1__ClientId: worker.id,
    TokenIssuer__Clients__1__Secret: worker.secret,
    TokenIssuer__Clients__1__GrantTypes__0: 'client_credentials',
    TokenIssuer__Clients__1__Scopes__0: 'jobs:read',
    TokenIssuer__Clients__1__Scopes__1: 'jobs:run',
    TokenIssuer__Clients__2__ClientId: web.id,
    TokenIssuer__Clients__2__Secret: web.secret,
    TokenIssuer__Clients__2__GrantTypes__0: 'refresh_token',
    TokenIssuer__Clients__2__Scopes__0: 'notes:read',
    TokenIssuer__Clients__3__ClientId: mobile.id,
    TokenIssuer__Clients__3__Public: 'true',
    TokenIssuer__Clients__3__GrantTypes__0: 'refresh_token',
    TokenIssuer__Clients__3__Scopes__0: 'notes:read',
    TokenIssuer__Clients__3__Scopes__1: 'notes:write',
    ConnectionStrings__Sqlite: `Data Source=${join(folder, 'tokens.db')}`,
  };
}

function findServer() {
  const found = ['Debug', 'Release'].map((flavour) => join(server, flavour, 'net10.0', 'TokenIssuer.Server.dll')).find(existsSync);
  if (!found) throw new Error('The issuer is not built: run dotnet build first.');
  return found;
}

function findFreePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer();
    listener.once('error', reject);
    listener.listen(0, 'localhost', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

async function isReady(address) {
  try {
    return (await fetch(`${address}/health/ready`)).ok;
  } catch {
    return false;
  }
}
