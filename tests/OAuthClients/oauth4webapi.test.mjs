// oauth4webapi validates every answer strictly: media types, members and types, status codes, challenges.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { audience, mobile, signIn, startIssuer, web, worker } from './issuer.mjs';

const plain = { [oauth.allowInsecureRequests]: true };
const spa = { client_id: 'spa' };
const service = { client_id: worker.id };
const proofs = {
  client_secret_basic: oauth.ClientSecretBasic(worker.secret),
  client_secret_post: oauth.ClientSecretPost(worker.secret),
};

let issuer;
let server;

before(async () => {
  issuer = await startIssuer();
  server = await discover('oauth2');
});

after(() => issuer?.stop());

async function discover(algorithm) {
  const address = new URL(issuer.address);
  return oauth.processDiscoveryResponse(address, await oauth.discoveryRequest(address, { algorithm, ...plain }));
}

async function refresh(token, parameters) {
  const response = await oauth.refreshTokenGrantRequest(server, spa, oauth.None(), token, { additionalParameters: parameters, ...plain });
  return oauth.processRefreshTokenResponse(server, spa, response);
}

async function introspect(token) {
  const response = await oauth.introspectionRequest(server, service, proofs.client_secret_basic, token, plain);
  return oauth.processIntrospectionResponse(server, service, response);
}

for (const algorithm of ['oauth2', 'oidc']) {
  test(`discovery by ${algorithm} finds the exact issuer and every endpoint`, async () => {
    const found = await discover(algorithm);

    assert.equal(found.issuer, issuer.address);
    for (const endpoint of ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint', 'jwks_uri']) {
      assert.ok(found[endpoint].startsWith(`${issuer.address}/`), endpoint);
    }
  });
}

test('a public client refreshes, and each token once', async () => {
  const login = await signIn(issuer.address);

  const first = await refresh(login.refresh_token);
  const second = await refresh(first.refresh_token);

  assert.notEqual(first.refresh_token, login.refresh_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  assert.equal(second.token_type, 'bearer');
});

test('a refresh may narrow the scope and never widen it', async () => {
  const login = await signIn(issuer.address);

  await assert.rejects(refresh(login.refresh_token, { scope: 'admin' }), { error: 'invalid_scope' });
  const narrowed = await refresh(login.refresh_token, { scope: 'notes:read' });

  assert.equal(narrowed.scope, 'notes:read');
});

test('a dead refresh token is an invalid grant', async () => {
  await assert.rejects(refresh('invented'), { error: 'invalid_grant', status: 400 });
});

for (const [method, proof] of Object.entries(proofs)) {
  test(`a service gets a token for itself by ${method}`, async () => {
    const response = await oauth.clientCredentialsGrantRequest(server, service, proof, { scope: 'jobs:run' }, plain);

    const answer = await oauth.processClientCredentialsResponse(server, service, response);

    assert.equal(answer.scope, 'jobs:run');
    assert.equal(answer.refresh_token, undefined);
    const inspection = await introspect(answer.access_token);
    assert.deepEqual([inspection.active, inspection.sub, inspection.client_id], [true, `client:${worker.id}`, worker.id]);
  });
}

test('a wrong secret is answered with a challenge', async () => {
  const response = await oauth.clientCredentialsGrantRequest(server, service, oauth.ClientSecretBasic('wrong'), {}, plain);

  assert.equal(response.status, 401);
  await assert.rejects(oauth.processClientCredentialsResponse(server, service, response), (failure) => {
    assert.ok(failure instanceof oauth.WWWAuthenticateChallengeError);
    assert.equal(failure.cause[0].scheme, 'basic');
    return true;
  });
});

test('an access token is what RFC 9068 says', async () => {
  const login = await signIn(issuer.address);
  const request = new Request('https://api.example/', { headers: { Authorization: `Bearer ${login.access_token}` } });

  const claims = await oauth.validateJwtAccessToken(server, request, audience, plain);

  assert.equal(claims.client_id, 'spa');
  assert.equal(claims.exp - claims.iat, 300);
  assert.equal(claims.sid, login.session_id);
});

test('a revoked refresh token takes its access tokens along', async () => {
  const login = await signIn(issuer.address);
  assert.equal((await introspect(login.access_token)).active, true);

  await oauth.processRevocationResponse(await oauth.revocationRequest(server, spa, oauth.None(), login.refresh_token, plain));

  assert.deepEqual(await introspect(login.access_token), { active: false });
  await assert.rejects(refresh(login.refresh_token), { error: 'invalid_grant' });
});

test('a revoked access token dies alone', async () => {
  const login = await signIn(issuer.address);

  await oauth.processRevocationResponse(await oauth.revocationRequest(server, spa, oauth.None(), login.access_token, plain));

  assert.deepEqual(await introspect(login.access_token), { active: false });
  assert.equal((await introspect((await refresh(login.refresh_token)).access_token)).active, true);
});

for (const [kind, party, proof] of [
  ['client_secret_basic', web, oauth.ClientSecretBasic(web.secret)],
  ['client_secret_post', web, oauth.ClientSecretPost(web.secret)],
  ['none', mobile, oauth.None()],
]) {
  test(`a configured client refreshes the session it started, by ${kind}`, async () => {
    const client = { client_id: party.id };
    const login = await signIn(issuer.address, party);

    const response = await oauth.refreshTokenGrantRequest(server, client, proof, login.refresh_token, plain);
    const answer = await oauth.processRefreshTokenResponse(server, client, response);

    assert.notEqual(answer.refresh_token, login.refresh_token);
    assert.deepEqual(((inspection) => [inspection.active, inspection.client_id])(await introspect(answer.access_token)), [true, party.id]);
    await assert.rejects(refresh(answer.refresh_token), { error: 'invalid_grant' });
  });
}
