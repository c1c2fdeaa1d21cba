import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgres } from '../../src/store/postgres.ts';
import { certificateFor, createAuthority } from '../probe/http/certificates.ts';
import { postgresPlace } from '../real/postgres-place.ts';
import { isMissing } from '../real/postgres-server.ts';
import { startTransactionPooler } from '../real/transaction-pooler.ts';

const refusal = (code: string, sentence: string | RegExp) => ({
  code,
  message: typeof sentence === 'string' ? expect.stringContaining(sentence) : expect.stringMatching(sentence),
});

describe.skipIf(isMissing)('a real PostgreSQL that cannot keep what Nines promises', () => {
  const place = postgresPlace();

  test('fsync off is refused, and so are torn pages; switched on again it is accepted', async () => {
    const { server } = place;
    for (const name of ['fsync', 'full_page_writes']) {
      await server.admin(`ALTER SYSTEM SET ${name} = off`);
      await server.stop();
      await server.start();
      await expect(openPostgres(server.url())).rejects.toMatchObject(
        refusal('database_unsafe', `has ${name}=off and loses acknowledged pages in a power cut: ALTER SYSTEM SET`),
      );
      await server.admin(`ALTER SYSTEM RESET ${name}`);
    }
    await server.stop();
    await server.start();
    await place.databases(server.url({ schema: await place.schema() }));
  });

  test('synchronous_commit off is switched on for every session', async () => {
    await place.server.admin(`CREATE ROLE hasty LOGIN SUPERUSER; ALTER ROLE hasty SET synchronous_commit = off`);
    const { nines } = await place.databases(place.server.url({ schema: await place.schema(), user: 'hasty' }));
    const shown = await Promise.all(
      Array.from({ length: 4 }, () => nines.read(`SELECT current_setting('synchronous_commit') AS value`)),
    );
    expect(shown.flat()).toEqual(shown.map(() => ({ value: 'on' })));
  });

  test('sessions are named, patient for a while and never hold a transaction open', async () => {
    const { nines } = await place.databases(place.server.url({ schema: await place.schema() }));
    const names = ['application_name', 'statement_timeout', 'idle_in_transaction_session_timeout', 'lock_timeout'];
    const rows = await nines.read<{ value: string }>(
      names.map((name) => `SELECT current_setting('${name}') AS value`).join(' UNION ALL '),
    );
    expect(rows.map(({ value }) => value)).toEqual(['nines', '20s', '5s', '10s']);
  });

  test('a role that may make no tables is told the GRANT, and after it is let in', async () => {
    const schema = await place.schema();
    await place.server.admin('CREATE ROLE small LOGIN');
    const url = place.server.url({ schema, user: 'small' });
    await expect(openPostgres(url)).rejects.toMatchObject(refusal('database_forbidden', 'has no schema'));
    await place.server.admin(`GRANT USAGE ON SCHEMA ${schema} TO small`);
    const grant = `GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "small";`;
    await expect(openPostgres(url)).rejects.toMatchObject(refusal('database_forbidden', grant));
    await place.server.admin(grant);
    const { nines } = await place.databases(url);
    expect(await nines.read('SELECT version FROM migration')).toEqual([{ version: 1 }, { version: 2 }]);
  });

  test('tables of another owner are refused with what to grant', async () => {
    const schema = await place.schema();
    await place.databases(place.server.url({ schema }));
    await place.server.admin(`CREATE ROLE guest LOGIN; GRANT USAGE, CREATE ON SCHEMA ${schema} TO guest`);
    await expect(openPostgres(place.server.url({ schema, user: 'guest' }))).rejects.toMatchObject(
      refusal('database_forbidden', /permission denied .* GRANT SELECT, INSERT, UPDATE, DELETE/),
    );
  });

  test('transactions that are read-only by default are refused', async () => {
    await place.server.admin(
      `CREATE ROLE reader LOGIN SUPERUSER; ALTER ROLE reader SET default_transaction_read_only = on`,
    );
    await expect(openPostgres(place.server.url({ user: 'reader' }))).rejects.toMatchObject(
      refusal('database_read_only', 'ALTER ROLE "reader" SET default_transaction_read_only = off'),
    );
  });

  test('an encoding that is not UTF8 is refused', async () => {
    await place.server.admin(`CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0`);
    await expect(openPostgres(place.server.url({ database: 'latin' }))).rejects.toMatchObject(
      refusal('database_unsupported', 'has the encoding LATIN1'),
    );
  });

  test('tables of something else are left alone', async () => {
    const schema = await place.schema();
    await place.server.admin(`CREATE TABLE ${schema}.lease (house TEXT); INSERT INTO ${schema}.lease VALUES ('mine')`);
    await expect(openPostgres(place.server.url({ schema }))).rejects.toMatchObject(
      refusal('database_unsupported', /other tables in the way .*"lease".*search_path/),
    );
    expect(await place.server.admin(`SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`)).toEqual([
      { tablename: 'lease' },
    ]);
  });

  test('a newer schema is refused and left as it is', async () => {
    const schema = await place.schema();
    const { nines } = await place.databases(place.server.url({ schema }));
    await nines.commit([{ text: 'INSERT INTO migration (version) VALUES (99)', values: [] }]);
    await expect(openPostgres(place.server.url({ schema }))).rejects.toMatchObject(
      refusal('data_too_new', 'schema 99'),
    );
  });

  test('a transaction pooler in front is refused', async () => {
    const pooler = await startTransactionPooler(place.server.host, place.server.port);
    onTestFinished(() => pooler.stop());
    const schema = await place.schema();
    const url = place.server.url({ schema }).replace(`:${place.server.port}/`, `:${pooler.port}/`);
    await expect(openPostgres(url)).rejects.toMatchObject(refusal('database_pooled', /use the direct port\.$/));
    expect(await place.server.admin(`SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`)).toEqual([]);
  });

  test('a server that is not there, a database that is not there and a wrong password say so without the password', async () => {
    const password = 'hidden-word';
    const missing = openPostgres(place.server.url({ database: 'nowhere', password }));
    await expect(missing).rejects.toMatchObject(refusal('store_unavailable', /database "nowhere" does not exist/));
    const nobody = openPostgres(place.server.url({ user: 'stranger', password }));
    await expect(nobody).rejects.toMatchObject(refusal('database_forbidden', /role "stranger" does not exist/));
    const silent = openPostgres(`postgres://nines:${password}@127.0.0.1:1/nines`);
    await expect(silent).rejects.toMatchObject(
      refusal('store_unavailable', /^PostgreSQL at 127\.0\.0\.1:1\/nines does not answer .*ECONNREFUSED/),
    );
    for (const opening of [missing, nobody, silent])
      await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining(password) });
  });

  test('sslmode is honoured: a server without TLS is refused when it is required, and taken when it is preferred', async () => {
    const schema = await place.schema();
    const url = (mode: string): string => `${place.server.url({ schema })}&sslmode=${mode}`;
    for (const mode of ['require', 'verify-full'])
      await expect(openPostgres(url(mode))).rejects.toMatchObject(
        refusal('store_unavailable', 'does not support SSL connections'),
      );
    for (const mode of ['disable', 'allow', 'prefer']) await place.databases(url(mode));
  });
});

describe.skipIf(isMissing)('a real PostgreSQL with TLS', () => {
  const place = postgresPlace();
  let authorityFile: string;
  beforeAll(async () => {
    const years = { from: new Date('2020-01-01'), to: new Date('2090-01-01') };
    const authority = await createAuthority();
    const { key, cert } = await certificateFor(authority, { name: 'localhost', ...years });
    place.server.put('server.key', key);
    place.server.put('server.crt', cert);
    await place.server.stop();
    await place.server.start({ ssl: 'on' });
    authorityFile = join(mkdtempSync(join(tmpdir(), 'nines-authority-')), 'ca.pem');
    writeFileSync(authorityFile, authority.pem);
  });
  afterAll(() => rmSync(dirname(authorityFile), { recursive: true, force: true }));
  const url = async (host: string, words: string): Promise<string> =>
    `${place.server.url({ schema: await place.schema() }).replace('127.0.0.1', host)}&${words}`;
  const isEncrypted = async (address: string): Promise<unknown> => {
    const { nines } = await place.databases(address);
    const [row] = await nines.read<{ value: string }>(
      `SELECT CASE WHEN ssl THEN 'yes' ELSE 'no' END AS value FROM pg_stat_ssl WHERE pid = pg_backend_pid()`,
    );
    return row?.value;
  };

  test('without sslmode and with disable nothing is encrypted', async () => {
    expect(await isEncrypted(await url('localhost', 'x=y'))).toBe('no');
    expect(await isEncrypted(await url('localhost', 'sslmode=disable'))).toBe('no');
  });

  test.each(['allow', 'prefer', 'require'])('%s encrypts and trusts whoever answers', async (mode) => {
    expect(await isEncrypted(await url('127.0.0.1', `sslmode=${mode}`))).toBe('yes');
  });

  test('verify-full wants a known authority and the right name, verify-ca the authority', async () => {
    const known = `sslrootcert=${encodeURIComponent(authorityFile)}`;
    expect(await isEncrypted(await url('localhost', `sslmode=verify-full&${known}`))).toBe('yes');
    expect(await isEncrypted(await url('127.0.0.1', `sslmode=verify-ca&${known}`))).toBe('yes');
    await expect(openPostgres(await url('127.0.0.1', `sslmode=verify-full&${known}`))).rejects.toMatchObject(
      refusal('store_unavailable', /does not match certificate|IP: 127\.0\.0\.1/),
    );
    await expect(openPostgres(await url('localhost', 'sslmode=verify-full'))).rejects.toMatchObject(
      refusal('store_unavailable', /unable to verify|self-signed|local issuer/),
    );
  });
});

describe.skipIf(isMissing)('a real PostgreSQL that is a standby', () => {
  const place = postgresPlace();

  test('is refused', async () => {
    await place.server.stop();
    // It follows a primary that never comes.
    place.server.put('standby.signal', '');
    await place.server.start();
    await expect(openPostgres(place.server.url())).rejects.toMatchObject(refusal('database_read_only', 'is a standby'));
  });
});
