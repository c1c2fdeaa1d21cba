import { Client } from 'pg';
import { NinesError, messageOf } from '../errors.ts';

/** `place` names the server in sentences; it never holds a password. */
export type Address = { connectionString: string; place: string; plainIfRefused: boolean };

const EXAMPLE = 'postgres://user:password@host:5432/database';

const invalid = (reason: string): NinesError =>
  new NinesError('config_invalid', `DATABASE_URL must be a URL such as ${EXAMPLE}${reason}.`);

// pg on its own reads `require` as `verify-full`; this is what PostgreSQL's manual says, 34.19.
const LIBPQ = /([?&]sslmode=)(allow|prefer|require|verify-ca|verify-full)(?=&|$)/;

/** Reads `DATABASE_URL`; the words of `sslmode` mean what they mean to psql. Throws `config_invalid`. */
export const readAddress = (url: string): Address => {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw invalid('');
  const mode = LIBPQ.exec(url)?.[2];
  const plainIfRefused = mode === 'allow' || mode === 'prefer';
  const connectionString =
    mode === undefined ? url : `${url.replace(LIBPQ, plainIfRefused ? '$1prefer' : '$1$2')}&uselibpqcompat=true`;
  try {
    const { host, port, database } = new Client({ connectionString });
    return { connectionString, place: `PostgreSQL at ${host}:${port}/${database ?? ''}`, plainIfRefused };
  } catch (error) {
    throw invalid(`; pg says: ${messageOf(error).replace(/\.$/, '')}`);
  }
};

/** The same server without TLS, for `sslmode=prefer` where the server has none. */
export const withoutTls = (address: Address): Address => ({
  ...address,
  connectionString: address.connectionString.replace(LIBPQ, '$1disable'),
  plainIfRefused: false,
});
