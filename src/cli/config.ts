import { readConfig, type Config, type Flags } from '../config.ts';
import type { Invocation } from './table.ts';
import { version } from './version.ts';

/** Flags and environment of an invocation → Config. Throws `config_invalid`. */
export const configOf = ({ values, env }: Invocation): Config => {
  const flags: Flags = {};
  for (const name of ['host', 'port', 'data', 'config'] as const) {
    const value = values[name];
    if (typeof value === 'string') flags[name] = value;
  }
  return readConfig(env, flags, version());
};
