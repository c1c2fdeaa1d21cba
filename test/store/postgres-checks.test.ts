import { expect, test } from 'vitest';
import { objection, type ServerFacts } from '../../src/store/postgres-checks.ts';
import { judge } from '../../src/store/postgres-errors.ts';
import { readAddress, withoutTls } from '../../src/store/postgres-url.ts';

const PLACE = 'PostgreSQL at db:5432/nines';
const good: ServerFacts = {
  version: 150_018,
  fsync: 'on',
  fullPageWrites: 'on',
  synchronousCommit: 'on',
  standby: false,
  readOnly: 'off',
  encoding: 'UTF8',
  role: 'team "a"',
  database: 'nines',
  searchPath: '"$user", public',
  schema: 'public',
  maySee: true,
  mayCreate: true,
};

test.each<[string, Partial<ServerFacts>, string, string]>([
  ['older than 13', { version: 120_022 }, 'database_unsupported', 'is PostgreSQL 12, and Nines needs 13 or newer'],
  ['not in UTF8', { encoding: 'LATIN1' }, 'database_unsupported', 'has the encoding LATIN1'],
  ['a standby', { standby: true, readOnly: 'on' }, 'database_read_only', 'is a standby'],
  [
    'read-only by default',
    { readOnly: 'on' },
    'database_read_only',
    'ALTER ROLE "team ""a""" SET default_transaction_read_only = off',
  ],
  ['without fsync', { fsync: 'off' }, 'database_unsafe', 'has fsync=off'],
  ['with torn pages', { fullPageWrites: 'off' }, 'database_unsafe', 'has full_page_writes=off'],
  ['without durable commits', { synchronousCommit: 'off' }, 'database_unsafe', 'has synchronous_commit=off'],
  ['without a schema', { schema: null, maySee: null, mayCreate: null }, 'database_forbidden', 'CREATE SCHEMA'],
  [
    'where the role may make no tables',
    { mayCreate: false },
    'database_forbidden',
    'GRANT USAGE, CREATE ON SCHEMA "public" TO "team ""a""";',
  ],
])('a server %s is refused with what to do', (_, facts, code, sentence) => {
  expect(objection({ ...good, ...facts }, PLACE)).toMatchObject({ code, message: expect.stringContaining(sentence) });
});

test.each(['on', 'local', 'remote_write', 'remote_apply'])(
  'a server whose commits are durable (%s) is accepted',
  (synchronousCommit) => {
    expect(objection({ ...good, synchronousCommit, version: 130_000 }, PLACE)).toBeNull();
  },
);

const said = (code: string, severity = 'ERROR') => Object.assign(new Error('it said so'), { code, severity });

test.each([
  ['23505', 'commit_conflict', { undone: true, again: false, discard: false }],
  ['40P01', 'store_unavailable', { undone: true, again: true, discard: false }],
  ['40001', 'store_unavailable', { undone: true, again: true, discard: false }],
  ['53100', 'data_full', { undone: true, again: false, discard: false }],
  ['XX001', 'data_corrupt', { undone: true, again: false, discard: false }],
  ['XX002', 'data_corrupt', { undone: true, again: false, discard: false }],
  ['23514', 'internal', { undone: true, again: false, discard: false }],
  ['42601', 'internal', { undone: true, again: false, discard: false }],
  ['26000', 'store_unavailable', { undone: true, again: true, discard: true }],
  ['57014', 'store_unavailable', { undone: true, again: false, discard: false }],
  ['25006', 'store_unavailable', { undone: true, again: false, discard: false }],
])('%s is %s', (code, meant, rest) => {
  expect(judge(said(code), PLACE)).toMatchObject({ error: { code: meant }, ...rest });
});

test.each([
  ['a connection that broke', new Error('Connection terminated unexpectedly')],
  ['a server that ends the connection', said('57P01', 'FATAL')],
  ['a server that panics', said('40001', 'PANIC')],
  ['a transaction that was held open too long', said('25P03', 'FATAL')],
  ['a socket that nobody listens to', Object.assign(new Error(''), { code: 'ECONNREFUSED' })],
])('%s leaves the outcome unclear: it is never tried again', (_, error) => {
  const unclear = { undone: false, again: false, discard: true };
  expect(judge(error, PLACE)).toMatchObject({ ...unclear, error: { code: expect.not.stringMatching('internal') } });
});

test.each([
  ['prefer', true],
  ['allow', true],
  ['require', false],
  ['verify-full', false],
])('sslmode=%s means what it means to psql', (mode, plainIfRefused) => {
  const address = readAddress(`postgres://nines:pw@db/nines?application_name=x&sslmode=${mode}`);
  expect(address.place).toBe('PostgreSQL at db:5432/nines');
  expect(address.plainIfRefused).toBe(plainIfRefused);
  expect(address.connectionString).toContain('uselibpqcompat=true');
  expect(withoutTls(address).connectionString).toContain('sslmode=disable');
});

test.each([
  'mysql://nines:hidden-word@db/nines',
  'nines:hidden-word@db/nines',
  'postgres://nines:hidden-word@db:99999999/nines',
  'postgres://nines:hidden-word@db/nines?sslmode=verify-ca',
  'postgres://nines:hidden-word@db/nines?sslrootcert=/nowhere/ca.pem',
])('an address that cannot be used is refused without a word of its password: %s', (url) => {
  const refused = (): unknown => readAddress(url);
  expect(refused).toThrow(/^DATABASE_URL must be a URL such as postgres:/);
  expect(refused).not.toThrow(/hidden-word/);
});
