// openid-client as an application would use it: one discovery, then grants.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { mobile, signIn, startIssuer, web, worker } from './issuer.mjs';

let issuer;

before(async () => {
  issuer = await startIssuer();
});

after(() => issuer?.stop());

const discover = (id, secret, proof) =>
  client.discovery(new URL(issuer.address), id, secret, proof, { execute: [client.allowInsecureRequests] });

test('a public client refreshes and revokes', async () => {
  const spa = await discover('spa', undefined, client.None());
  const login = await signIn(issuer.address);

  const refreshed = await client.refreshTokenGrant(spa, login.refresh_token);
  await client.tokenRevocation(spa, refreshed.refresh_token);

  assert.notEqual(refreshed.refresh_token, login.refresh_token);
  assert.equal(refreshed.expires_in, 300);
  await assert.rejects(client.refreshTokenGrant(spa, refreshed.refresh_token), { error: 'invalid_grant' });
});

for (const [method, proof] of [
  ['client_secret_basic', client.ClientSecretBasic],
  ['client_secret_post', client.ClientSecretPost],
]) {
  test(`a service asks for a token and introspects it by ${method}`, async () => {
    const service = await discover(worker.id, worker.secret, proof(worker.secret));

    const answer = await client.clientCredentialsGrant(service, { scope: 'jobs:read' });
    const before = await client.tokenIntrospection(service, answer.access_token);
    await client.tokenRevocation(service, answer.access_token);
    const after = await client.tokenIntrospection(service, answer.access_token);

    assert.deepEqual([answer.scope, before.active, before.scope], ['jobs:read', true, 'jobs:read']);
    assert.deepEqual(after, { active: false });
  });
}

test('a service without the scope is refused', async () => {
  const service = await discover(worker.id, worker.secret, client.ClientSecretBasic(worker.secret));

  await assert.rejects(client.clientCredentialsGrant(service, { scope: 'admin' }), { error: 'invalid_scope' });
});

test('a service that may not refresh is told so', async () => {
  const service = await discover(worker.id, worker.secret, client.ClientSecretBasic(worker.secret));
  const login = await signIn(issuer.address);

  await assert.rejects(client.refreshTokenGrant(service, login.refresh_token), { error: 'unauthorized_client' });
});

for (const [kind, party, proof, other, otherProof] of [
  ['a confidential client', web, client.ClientSecretBasic(web.secret), mobile, client.None()],
  ['a public client of the configuration', mobile, client.None(), web, client.ClientSecretPost(web.secret)],
]) {
  test(`${kind} refreshes and revokes its own session, and no other client does`, async () => {
    const own = await discover(party.id, party.secret, proof);
    const foreign = await discover(other.id, other.secret, otherProof);
    const login = await signIn(issuer.address, party);

    await assert.rejects(client.refreshTokenGrant(foreign, login.refresh_token), { error: 'invalid_grant' });
    await client.tokenRevocation(foreign, login.refresh_token);
    const first = await client.refreshTokenGrant(own, login.refresh_token);
    const second = await client.refreshTokenGrant(own, first.refresh_token, { scope: 'notes:read' });
    await client.tokenRevocation(own, second.refresh_token);

    assert.equal(new Set([login.refresh_token, first.refresh_token, second.refresh_token]).size, 3);
    assert.equal(second.scope, 'notes:read');
    await assert.rejects(client.refreshTokenGrant(own, second.refresh_token), { error: 'invalid_grant' });
  });
}
