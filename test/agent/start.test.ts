import { expect, test } from 'vitest';
import { startAgent } from '../../src/agent/start.ts';
import { silentLog } from '../../src/log.ts';
import { Secret } from '../../src/secret.ts';

const joining = (url: string) => () =>
  startAgent({
    url,
    location: 'frankfurt',
    token: new Secret('agent-token-0123456789'),
    insecure: false,
    version: '0.1.0',
    log: silentLog,
  });

test('a login in the address is refused, and stands in no sentence', () => {
  const begin = joining('http://me:s3cret@nines.example.org');
  expect(begin).toThrow('--join must hold no login');
  expect(begin).not.toThrow('s3cret');
});

test('targets with their secrets do not leave the machine in the clear', () => {
  expect(joining('http://nines.example.org')).toThrow('in the clear; use https');
});
