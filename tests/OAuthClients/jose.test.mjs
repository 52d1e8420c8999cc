// jose verifies access tokens by the published key set alone, as a resource API in another language would.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { audience, signIn, startIssuer } from './issuer.mjs';

let issuer;
let keys;

before(async () => {
  issuer = await startIssuer();
  keys = createRemoteJWKSet(new URL(`${issuer.address}/.well-known/jwks.json`));
});

after(() => issuer?.stop());

const verify = (token, options) =>
  jwtVerify(token, keys, { issuer: issuer.address, audience, typ: 'at+jwt', algorithms: ['ES256'], requiredClaims: ['sid', 'jti', 'gen'], ...options });

test('an access token is verified by the remote key set', async () => {
  const login = await signIn(issuer.address);

  const { payload, protectedHeader } = await verify(login.access_token);

  assert.equal(payload.sid, login.session_id);
  assert.equal(payload.scope, login.scope);
  assert.equal(protectedHeader.kid, decodeProtectedHeader(login.access_token).kid);
});

test('for another audience, or changed by one character, it is not', async () => {
  const { access_token: token } = await signIn(issuer.address);
  const changed = token.slice(0, -20) + (token.at(-20) === 'A' ? 'B' : 'A') + token.slice(-19);

  await assert.rejects(verify(token, { audience: 'other-api' }), { code: 'ERR_JWT_CLAIM_VALIDATION_FAILED' });
  await assert.rejects(verify(changed), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
});

test('the key set has the announced key as well, and no private member', async () => {
  const { keys: published } = await (await fetch(`${issuer.address}/.well-known/jwks.json`)).json();

  assert.equal(published.length, 2);
  for (const key of published) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
});
