import { systemClock } from '../clock.ts';
import { NinesError } from '../errors.ts';
import { randomIds } from '../ids.ts';
import type { Log } from '../log.ts';
import { createThreadProber } from '../probe/threads.ts';
import type { Secret } from '../secret.ts';
import { createAgent, type Agent, type AgentState } from './agent.ts';
import { createLink } from './link.ts';

export type AgentOptions = {
  /** Address of the Nines to join. */
  url: string;
  location: string;
  token: Secret;
  /** Targets with their secrets may cross the network in the clear. */
  insecure: boolean;
  version: string;
  log: Log;
  onChange?: (state: AgentState) => void;
};

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** An agent on the real clock, its checks in a thread of their own. Throws `config_invalid`. */
export const startAgent = (options: AgentOptions): Agent => {
  const { url, location, token, version, log, onChange } = options;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '')
    throw new NinesError('config_invalid', '--join must hold no login; the token of an agent is NINES_AGENT_TOKEN.');
  if (protocol === 'http:' && !LOOPBACK.test(hostname) && !options.insecure)
    throw new NinesError(
      'config_invalid',
      `--join ${url} would carry the secrets of targets in the clear; use https, or say --insecure.`,
    );
  if (!/^[a-z0-9](?:[a-z0-9-]{0,62})$/.test(location))
    throw new NinesError(
      'config_invalid',
      `--location must be a name of small letters, digits and dashes, as the locations of a probe name it, got ${JSON.stringify(location)}.`,
    );
  return createAgent({
    id: randomIds.next(systemClock.now()),
    version,
    location,
    link: createLink({ url, location, token }),
    prober: createThreadProber({ log }),
    clock: systemClock,
    log,
    ...(onChange ? { onChange } : {}),
  });
};
