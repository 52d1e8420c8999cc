import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { gzippedSize, limit } from '../scripts/size.mjs';

it('a page pays less than 5 kB', async () => {
  expect(await gzippedSize()).toBeLessThan(limit);
});

it('the package has no run-time dependency', () => {
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));

  expect({ ...dependencies, ...peerDependencies }).toEqual({});
});

it('no source file is longer than 200 lines', () => {
  for (const name of readdirSync('src')) expect(readFileSync(`src/${name}`, 'utf8').split('\n').length, name).toBeLessThan(200);
});
