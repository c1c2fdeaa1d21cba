import { readFileSync } from 'node:fs';
import { readConfig, type Config, type Env, type Flags } from '../config.ts';
import { NinesError } from '../errors.ts';
import type { Invocation } from './table.ts';
import { version } from './version.ts';

const SECRETS = ['NINES_TOKEN', 'NINES_INGEST_TOKEN', 'NINES_AGENT_TOKEN', 'DATABASE_URL', 'PROMETHEUS_TOKEN'];

const textOf = (name: string, file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new NinesError('config_invalid', `${name} names ${file}, which cannot be read.`, { cause: error });
  }
};

/** Containers mount secrets as files: `NINES_TOKEN_FILE` names the one that holds NINES_TOKEN, which wins where it is set. */
const withSecretFiles = (env: Env): Env => {
  const read = (name: string): [string, string][] => {
    const file = env[`${name}_FILE`];
    if (env[name] || !file) return [];
    const value = textOf(`${name}_FILE`, file);
    if (value === '') throw new NinesError('config_invalid', `${name}_FILE names ${file}, which is empty.`);
    return [[name, value]];
  };
  return { ...env, ...Object.fromEntries(SECRETS.flatMap(read)) };
};

/** Flags and environment of an invocation → Config. Throws `config_invalid`. */
export const configOf = ({ values, env }: Invocation): Config => {
  const flags: Flags = {};
  for (const name of ['host', 'port', 'data', 'config'] as const) {
    const value = values[name];
    if (typeof value === 'string') flags[name] = value;
  }
  return readConfig(withSecretFiles(env), flags, version());
};
