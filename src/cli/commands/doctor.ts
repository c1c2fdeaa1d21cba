import { existsSync } from 'node:fs';
import { messageOf } from '../../errors.ts';
import { loadFolder } from '../../files/load.ts';
import { configOf } from '../config.ts';
import { print, printJson, table } from '../print.ts';
import { serverOf } from '../server.ts';
import type { Run } from '../table.ts';

type Finding = { what: string; ok: boolean; text: string };
type Channels = { channels: { id: string; ok: boolean; text: string }[] };

const attempt = async (what: string, work: () => Promise<string> | string): Promise<Finding> => {
  try {
    return { what, ok: true, text: await work() };
  } catch (error) {
    return { what, ok: false, text: messageOf(error) };
  }
};

/** Definitions, data folder, server, and every channel as the running server reaches it. Exit code 2 with a finding. */
export const run: Run = async (invocation) => {
  const config = configOf(invocation);
  const server = serverOf(config);
  const findings: Finding[] = [
    await attempt('node', () => `Node ${process.versions.node}`),
    await attempt('definitions, with the variables set here', async () => {
      const { catalog, problems } = await loadFolder(config.configDir, config);
      if (!catalog) throw new Error(`${problems.length} mistakes; nines check lists them`);
      const levels = [...catalog.policies.values()].flatMap((policy) => [
        ...policy.critical.levels,
        ...policy.warning.levels,
      ]);
      const silent = levels.flatMap((level) => level.channels).filter((id) => catalog.channels.get(id)?.notConfigured);
      if (silent.length > 0)
        throw new Error(
          `nobody is reached through ${[...new Set(silent)].join(', ')}: ${catalog.channels.get(silent[0] ?? '')?.notConfigured}`,
        );
      return `${catalog.slos.size} SLOs, ${catalog.warnings.length} warnings`;
    }),
    await attempt('data', () => {
      if (!existsSync(config.dataDir)) throw new Error(`${config.dataDir} does not exist yet; nines serve makes it`);
      return config.dataDir;
    }),
    await attempt('server', async () => {
      const { ready, reason } = await server.get<{ ready: boolean; reason: string | null }>('/ready', 'ready');
      if (!ready) throw new Error(reason ?? 'not ready');
      return server.url;
    }),
  ];
  if (findings.at(-1)?.ok) {
    const { setAside } = await server.get<{ setAside: string[] }>('/api/v1/store', 'setAside');
    findings.push(
      ...setAside.map((file) => ({
        what: 'data',
        ok: false,
        text: `${file} was damaged and put aside; nines restore brings a backup back`,
      })),
    );
    const { channels } = await server.get<Channels>('/api/v1/channels', 'channels');
    findings.push(...channels.map(({ id, ok, text }) => ({ what: `channel ${id}`, ok, text })));
  }
  if (invocation.values['json']) printJson({ findings });
  else
    print(
      table(
        ['', 'WHAT', 'FINDING'],
        findings.map(({ what, ok, text }) => [ok ? 'ok' : 'BAD', what, text]),
      ),
    );
  return findings.every(({ ok }) => ok) ? 0 : 2;
};
