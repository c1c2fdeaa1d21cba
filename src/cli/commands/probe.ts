import type { AgentState } from '../../agent/agent.ts';
import { startAgent } from '../../agent/start.ts';
import { systemClock } from '../../clock.ts';
import { readUrl } from '../../config.ts';
import { NinesError } from '../../errors.ts';
import { createLog, silentLog } from '../../log.ts';
import { configOf } from '../config.ts';
import type { Run } from '../table.ts';
import { untilStopped } from '../until-stopped.ts';

const given = (name: string, value: unknown): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw new NinesError('config_invalid', `--${name} is missing: nines probe --join URL --location NAME.`);
};

const lineOf = (location: string, state: AgentState): string => {
  const { joined, targets, offsetMs, backlog, dropped, trouble } = state;
  const facts = [
    joined ? 'joined' : 'not joined',
    `${targets} targets`,
    ...(offsetMs === null ? [] : [`clock ${offsetMs >= 0 ? '+' : ''}${offsetMs} ms`]),
    `${backlog} waiting`,
    ...(dropped > 0 ? [`${dropped} lost`] : []),
    ...(trouble === null ? [] : [trouble]),
  ];
  return `${location}: ${facts.join(' · ')}`;
};

/** Checks what a Nines elsewhere wants checked from here, until it is stopped. */
export const run: Run = async (invocation) => {
  const { values } = invocation;
  const config = configOf(invocation);
  const url = readUrl('--join', given('join', values['join'])) ?? '';
  const location = given('location', values['location']);
  if (config.agentToken === null)
    throw new NinesError(
      'config_invalid',
      'NINES_AGENT_TOKEN is not set; give the agent the one that its Nines was started with.',
    );
  const terminal = process.stdout.isTTY;
  let last = '';
  const show = (state: AgentState): void => {
    // A terminal that does not tell its width says 0.
    const line = lineOf(location, state).slice(0, (process.stdout.columns || 80) - 1);
    if (line !== last) process.stdout.write(`\r\u001B[K${line}`);
    last = line;
  };
  const agent = startAgent({
    url,
    location,
    token: config.agentToken,
    insecure: values['insecure'] === true,
    version: config.version,
    log: terminal ? silentLog : createLog((line) => process.stderr.write(line), systemClock.now),
    ...(terminal ? { onChange: show } : {}),
  });
  const stopped = untilStopped();
  const running = agent.run();
  await Promise.race([stopped, running]);
  await agent.stop();
  await running;
  if (terminal) process.stdout.write('\n');
  return 0;
};
