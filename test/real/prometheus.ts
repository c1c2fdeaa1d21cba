import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';

const DEADLINE = 20_000;

/** Where continuous integration runs it must be there; elsewhere its tests are shown as skipped. */
export const isMissing = spawnSync('prometheus', ['--version']).status !== 0 && process.env['CI'] !== 'true';

export type Sample = { labels: Readonly<Record<string, string>>; value: number };
type ScrapeTarget = { labels: { job: string }; health: string; lastError: string };

export type Prometheus = {
  /** What an instant query answers once `enough` holds; fails after a deadline. */
  query(promql: string, enough?: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]>;
  /** What Prometheus last said of a job's target, once it is as expected. */
  lastError(job: string, health: 'up' | 'down'): Promise<string>;
  stop(): Promise<void>;
};

/** A running Prometheus with this configuration, on a port of its own choice. `folder` holds its data. */
export const launchPrometheus = async (
  folder: string,
  configuration: string,
  flags: readonly string[] = [],
): Promise<{ url: string; pid: number; stop: () => Promise<void> }> => {
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, configuration);
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.format=json',
      ...flags,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  // Where there is no such program, this is where it is said.
  await once(child, 'spawn');
  const exited = once(child, 'exit');
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };

  const said: string[] = [];
  const listening = async (): Promise<string> => {
    let address = '';
    let isReady = false;
    // Either may be said first.
    for await (const line of createInterface({ input: child.stderr })) {
      said.push(line);
      const { msg = '', address: told } = JSON.parse(line) as { msg?: string; address?: string };
      if (msg === 'Listening on') address = told ?? '';
      if (msg.startsWith('Server is ready')) isReady = true;
      if (isReady && address !== '') break;
    }
    if (address === '') throw new Error(`Prometheus did not start:\n${said.join('\n')}`);
    child.stderr.resume();
    return address;
  };
  return listening().then(
    (address) => ({ url: `http://${address}`, pid: child.pid ?? 0, stop }),
    async (error: unknown) => {
      await stop();
      throw error;
    },
  );
};

/** A Prometheus that scrapes as its `scrape_configs` (YAML list items) say. */
export const startPrometheus = async (scrapeConfigs: string): Promise<Prometheus> => {
  const folder = mkdtempSync(join(tmpdir(), 'nines-prometheus-'));
  const { url, stop: kill } = await launchPrometheus(
    folder,
    `global: { scrape_interval: 500ms, scrape_timeout: 500ms }\nscrape_configs:\n${scrapeConfigs}`,
  ).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  const stop = async (): Promise<void> => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };

  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(url + path);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(error);
    return data;
  };
  const until = <T>(what: () => Promise<T>): Promise<T> => vi.waitFor(what, { timeout: DEADLINE, interval: 50 });

  return {
    query: (promql, enough = (samples) => samples.length > 0) =>
      until(async () => {
        type Answer = { result: { metric: Record<string, string>; value: [number, string] }[] };
        const { result } = await get<Answer>(`/api/v1/query?query=${encodeURIComponent(promql)}`);
        const samples = result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
        if (!enough(samples)) throw new Error(`${promql} answers ${JSON.stringify(samples)}`);
        return samples;
      }),
    lastError: (job, health) =>
      until(async () => {
        const { activeTargets } = await get<{ activeTargets: ScrapeTarget[] }>('/api/v1/targets');
        const target = activeTargets.find(({ labels }) => labels.job === job);
        if (target?.health !== health) throw new Error(`${job} is ${JSON.stringify(target)}`);
        return target.lastError;
      }),
    stop,
  };
};
