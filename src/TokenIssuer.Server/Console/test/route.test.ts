import { expect, it } from 'vitest';
import { addressOfAudit, addressOfUser, routeOf } from '../src/app/route.js';
import { distance } from '../src/ui/time.js';
import { isAdministrator, rolesOf } from '../src/ui/UserFacts.js';

it.each([
  ['', { page: 'overview' }],
  ['#/nowhere', { page: 'overview' }],
  ['#/users', { page: 'users' }],
  ['#/users/%E0%A4%A', { page: 'user', id: '%E0%A4%A' }],
  ['#/audit', { page: 'audit', user: '' }],
  ['#/keys', { page: 'keys' }],
] as const)('reads the address %s', (fragment, route) => {
  expect(routeOf(fragment)).toEqual(route);
});

it('finds its way back from the addresses it writes', () => {
  expect(routeOf(addressOfUser('a/b?c'))).toEqual({ page: 'user', id: 'a/b?c' });
  expect(routeOf(addressOfAudit('a/b?c&d'))).toEqual({ page: 'audit', user: 'a/b?c&d' });
});

it.each([
  [0, 'now'],
  [-59_000, '59 seconds ago'],
  [-150_000, '2 minutes ago'],
  [9.9 * 3_600_000, 'in 9 hours'],
])('says how far away an instant is: %d', (milliseconds, words) => {
  expect(distance(milliseconds, 0)).toBe(words);
});

it('reads roles as people write them', () => {
  expect(rolesOf(' admin, auditor  admin,')).toEqual(['admin', 'auditor']);
});

it.each([
  [['admin'], true],
  [['editor', 'Admin'], true],
  [['ADMIN'], true],
  [['administrator', 'adm\u0131n'], false],
  [[], false],
])('knows an administrator as the issuer does: %s', (roles, answer) => {
  expect(isAdministrator(roles)).toBe(answer);
});
