import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { expect, it, vi } from 'vitest';
import { bundle } from '../scripts/bundle.mjs';
import { FakeIssuer } from './world/fakeIssuer.js';
import { Timeline } from './world/timeline.js';

const folder = 'test/.example';

function example(): string {
  const code = /```ts\n([^]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/example.ts`, code);
  return code;
}

it('the example has ten lines', () => {
  expect(example().trim().split('\n')).toHaveLength(10);
});

it('the example is that of the README at the root', () => {
  expect(readFileSync('../../README.md', 'utf8')).toContain(example());
});

it('the example compiles under strict rules', () => {
  example();
  const config = { extends: '../../tsconfig.json', compilerOptions: { paths: { '@tokenissuer/client': ['../../src/index.ts'] } }, include: ['example.ts'] };
  writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));

  execFileSync('node', ['node_modules/typescript/bin/tsc', '-p', folder], { stdio: 'pipe' });
});

it('the example runs: signs in, reads notes, signs out', async () => {
  const { outputFiles } = await build({
    // As it is shipped, shortened names and all.
    ...bundle,
    entryPoints: [],
    stdin: { contents: example(), loader: 'ts', resolveDir: '.' },
    alias: { '@tokenissuer/client': './src/index.ts' },
    write: false,
  });
  const issuer = new FakeIssuer(new Timeline());
  let cookie: string | undefined;
  vi.stubGlobal('fetch', async (input: string | Request, init?: RequestInit) => {
    const request = new Request(input, init);
    const { hostname, pathname } = new URL(request.url);
    if (hostname === 'api.example.com') return Response.json(issuer.bearer(request.headers) ? ['milk'] : [], { status: 200 });
    const reply = issuer.answer({ method: request.method, path: pathname, headers: request.headers, body: await request.json(), cookie });
    if (reply.cookie !== undefined) cookie = reply.cookie ?? undefined;
    return new Response(reply.body ? JSON.stringify(reply.body) : null, { status: reply.status });
  });
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});

  await import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
  await vi.waitFor(() => expect(log.mock.lastCall).toEqual(['signed_out']));
  const lines = log.mock.calls.map(([line]) => line);
  log.mockRestore();
  vi.unstubAllGlobals();

  expect(lines).toEqual(['signed_out', 'signed_in', ['milk'], 'signed_out']);
  expect(cookie).toBeUndefined();
});
