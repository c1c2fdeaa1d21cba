import { decode, SHORTEST_SECRET } from './http/secrets.ts';

/** `scheme://user:password@host:port/database?parameters`, decoded. Null where nothing stands. */
export type DatabaseUrl = {
  scheme: string;
  user: string | null;
  password: string | null;
  /** Without brackets. */
  host: string;
  port: number | null;
  database: string | null;
  parameters: URLSearchParams;
};

// The last @ ends the password: one that came by a reference may hold @, / and # as they are.
const PARTS =
  /^(?<scheme>[a-z][a-z0-9+.-]*):\/\/(?:(?<login>.*)@)?(?<host>\[[^\]@]*\]|[^:/?#@]*)(?::(?<port>\d{1,5}))?(?:\/(?<database>[^?#@]*))?(?:\?(?<query>[^#@]*))?$/is;

/** Null when it is no such address. */
export const parseDatabaseUrl = (text: string): DatabaseUrl | null => {
  const parts = PARTS.exec(text.trim())?.groups;
  if (!parts?.['host'] || Number(parts['port'] ?? 0) > 65_535) return null;
  const { scheme = '', login, host, port, database, query } = parts;
  const colon = login?.indexOf(':') ?? -1;
  const user = colon === -1 ? login : login?.slice(0, colon);
  const password = colon === -1 ? undefined : login?.slice(colon + 1);
  return {
    scheme: scheme.toLowerCase(),
    user: user ? decode(user) : null,
    password: password ? decode(password) : null,
    host: host.replace(/^\[|\]$/g, ''),
    port: port === undefined ? null : Number(port),
    database: database ? decode(database) : null,
    parameters: new URLSearchParams(query ?? ''),
  };
};

const MAX_SHOWN = 200;

/** Takes the password out of a sentence, in which a server may have repeated it, and keeps it short. */
export const hider = ({ password }: Pick<DatabaseUrl, 'password'>): ((text: string) => string) => {
  const secrets =
    password === null || password.length < SHORTEST_SECRET ? [] : [password, encodeURIComponent(password)];
  return (text) => {
    const hidden = secrets.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
    return hidden.length > MAX_SHOWN ? `${hidden.slice(0, MAX_SHOWN - 1)}…` : hidden;
  };
};
