import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load as parse } from 'js-yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { configOf } from '../src/cli/config.ts';
import type { Catalog } from '../src/definition/catalog.ts';
import { DEFAULT_OPTIONS, textOf } from '../src/generate/file.ts';
import { generate } from '../src/generate/generate.ts';
import { retentionDays, TOKEN_FILE } from '../src/generate/prometheus.ts';
import { SECRET_FILES } from '../src/generate/alertmanager.ts';
import { shippedCatalog } from './generate/catalogs.ts';

type Service = {
  image: string;
  build?: string;
  ports?: string[];
  volumes: string[];
  environment?: Record<string, string>;
  command?: string[];
  healthcheck?: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
};
const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  services: Record<string, Service>;
  volumes: Record<string, null>;
};
const service = (name: string): Service => {
  const found = compose.services[name];
  if (!found) throw new Error(`there is no service ${name}`);
  return found;
};
const mounts = (name: string) =>
  service(name).volumes.map((volume) => {
    const [from = '', to = '', mode = 'rw'] = volume.split(':');
    return { from, to, mode };
  });
/** The program that answers at `host:port` as the others in the file see it, and the port it is published on. */
const answers = (address: string): boolean => {
  const [host = '', port = ''] = address.split(':');
  return host in compose.services && (service(host).ports ?? []).some((mapping) => mapping.endsWith(`:${port}`));
};

describe('docker-compose.yml', () => {
  let catalog: Catalog;
  let files: ReadonlyMap<string, string>;
  beforeAll(async () => {
    catalog = await shippedCatalog();
    files = new Map((await generate(catalog, DEFAULT_OPTIONS)).map((file) => [file.path, textOf(file)]));
  });

  it('pins every image to one version', () => {
    for (const { image } of Object.values(compose.services))
      expect(image).toMatch(/^(nines:local|[a-z/]+:v?\d+\.\d+(\.\d+)?(-[a-z]+)?)$/);
  });

  it('listens on this machine only', () => {
    for (const { ports = [] } of Object.values(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    expect(service('postgres').ports).toBeUndefined();
  });

  it('mounts what is here or what is generated, read-only, and volumes that are declared', () => {
    const all = Object.keys(compose.services).flatMap(mounts);
    const ours = all.filter(({ from }) => from.startsWith('./'));
    const isHere = ({ from }: { from: string }): boolean => {
      const path = from.slice(2);
      const isGenerated = [...files.keys()].some((file) => file === path || file.startsWith(`${path}/`));
      return isGenerated || existsSync(path);
    };
    expect(ours.filter((mount) => !isHere(mount) || mount.mode !== 'ro')).toEqual([]);
    const volumes = all.filter((mount) => !ours.includes(mount)).map(({ from }) => from);
    expect([...new Set(volumes)].toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('says of everybody whether they are well; nobody starts before the secrets are made', () => {
    expect(readFileSync('Dockerfile', 'utf8')).toMatch(/^HEALTHCHECK /m);
    const others = Object.entries(compose.services).filter(([name]) => name !== 'secrets');
    const unseen = others.filter(([, { healthcheck }]) => healthcheck?.test[0] !== 'CMD').map(([name]) => name);
    expect(unseen).toEqual(['nines']);
    const conditions = others.map(([, { depends_on }]) => depends_on?.['secrets']?.condition);
    expect(new Set(conditions)).toEqual(new Set(['service_completed_successfully']));
  });

  it('has everybody at the address where generated files look for them', () => {
    const scraped = parse(files.get('prometheus.yml') ?? '') as {
      scrape_configs: { static_configs: { targets: string[] }[] }[];
    };
    const targets = scraped.scrape_configs.flatMap((job) => job.static_configs.flatMap((one) => one.targets));
    expect(targets.map((target) => answers(target.replace('localhost:', 'prometheus:')))).toEqual([true, true, true]);
    const urls = [...files.values()].flatMap((text) => [...text.matchAll(/(?<!_)url: '?(http:\/\/[^/'\s]+)/g)]);
    expect(urls.length).toBeGreaterThanOrEqual(2);
    expect(urls.filter(([, url = '']) => !answers(url.replace('http://', '')))).toEqual([]);
    expect(answers(catalog.links.scrape)).toBe(true);
  });

  it('has people at the addresses of the links', () => {
    const published = (name: string): string => `http://localhost:${service(name).ports?.[0]?.split(':')[1]}`;
    expect(catalog.links.nines).toBe(published('nines'));
    expect(catalog.links.grafana).toBe(published('grafana'));
    expect(service('nines').environment?.['NINES_PUBLIC_URL']).toBe(catalog.links.nines);
    expect(service('nines').environment?.['NINES_GRAFANA_URL']).toBe(catalog.links.grafana);
  });

  it('puts files where programs are told to look', () => {
    const to = (name: string): string[] => mounts(name).map((mount) => mount.to);
    expect(to('prometheus')).toContain('/etc/prometheus/prometheus.yml');
    expect(to('prometheus')).toContain('/etc/prometheus/alerts');
    expect(to('prometheus')).toContain(`/etc/prometheus/${TOKEN_FILE.split('/')[0]}`);
    expect(service('prometheus').command).toContain('--config.file=/etc/prometheus/prometheus.yml');
    expect(to('alertmanager')).toContain('/etc/alertmanager/alertmanager.yml');
    expect(to('alertmanager')).toContain(SECRET_FILES.token.replace(/\/[^/]+$/, ''));
    const dashboards = parse(files.get('grafana/provisioning/dashboards/nines.yml') ?? '') as {
      providers: { options: { path: string } }[];
    };
    expect(mounts('grafana')).toContainEqual({
      from: './dashboards',
      to: dashboards.providers[0]?.options.path,
      mode: 'ro',
    });
  });

  it('keeps samples as long as the longest window of the shipped definitions', () => {
    const flag = service('prometheus').command?.find((one) => one.includes('retention.time')) ?? '';
    expect(flag).toBe(`--storage.tsdb.retention.time=${retentionDays(catalog)}d`);
  });

  it('gives nobody anonymous access, and no password that is written here', () => {
    expect(service('grafana').environment).toMatchObject({
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_USERS_ALLOW_SIGN_UP: 'false',
    });
    const all = Object.values(compose.services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secret = all.filter(([name]) => /TOKEN|PASSWORD|KEY|SECRET|WEBHOOK/.test(name));
    expect(secret.length).toBeGreaterThan(5);
    expect(secret.filter(([, value]) => !/^(\/run\/|\$\{\w+:-\}$)/.test(value))).toEqual([]);
  });

  it('shows the token of people to Nines alone', () => {
    const holders = Object.keys(compose.services).filter((name) =>
      mounts(name).some(({ from }) => from === 'nines-secrets'),
    );
    expect(holders).toEqual(['secrets', 'nines']);
  });

  it('makes every secret that somebody reads, and leaves those that are there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'nines-compose-'));
    try {
      const to = mounts('secrets').map((mount) => mount.to);
      for (const path of [...to, '/bin']) mkdirSync(join(folder, path), { recursive: true });
      writeFileSync(join(folder, 'bin/chown'), '#!/bin/sh\n');
      chmodSync(join(folder, 'bin/chown'), 0o755);
      // The node that runs this stands for the one of the image.
      const script = (service('secrets').command?.[0] ?? '')
        .replaceAll('$$', '$')
        .replaceAll('/run/', `${folder}/run/`);
      const path = `${folder}/bin:${join(process.execPath, '..')}:${process.env['PATH']}`;
      const env = { PATH: path, PAGERDUTY_ROUTING_KEY: 'a-key', SLACK_WEBHOOK_URL: '', HEARTBEAT_URL: '' };
      const run = () => execFileSync('/bin/sh', ['-euc', script], { env });
      run();
      const read = (file: string): string => readFileSync(join(folder, 'run', file), 'utf8').trim();
      const token = read('nines/token');
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(read('nines/ingest-token')).not.toBe(token);
      expect(read('prometheus/ingest-token')).toBe(read('nines/ingest-token'));
      expect(read('alertmanager/ingest-token')).toBe(read('nines/ingest-token'));
      expect(read('alertmanager/pagerduty-routing-key')).toBe('a-key');
      const wanted = [...(files.get('alertmanager.yml') ?? '').matchAll(/\/etc\/alertmanager\/secrets\/([\w-]+)/g)];
      const missing = wanted.filter(([, name]) => !existsSync(join(folder, 'run/alertmanager', name ?? '')));
      expect([wanted.length > 2, missing]).toEqual([true, []]);
      expect(statSync(join(folder, 'run/nines/token')).mode & 0o077).toBe(0);
      for (const name of ['grafana', 'postgres']) expect(read(`${name}/password`)).toHaveLength(43);

      const environment = service('nines').environment ?? {};
      const inside = Object.entries(environment).map(([key, value]) => [key, value.replace('/run/', `${folder}/run/`)]);
      const config = configOf({ values: {}, env: Object.fromEntries(inside) } as never);
      expect([config.token?.reveal(), config.ingestToken?.reveal()]).toEqual([token, read('nines/ingest-token')]);
      expect(config.databaseUrl?.reveal()).toBe(`postgres://nines:${read('postgres/password')}@postgres:5432/nines`);

      run();
      expect(read('nines/token')).toBe(token);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('Dockerfile', () => {
  const lines = readFileSync('Dockerfile', 'utf8').split('\n');

  it('copies what the package needs to run, all of which is here or built', () => {
    const copied = lines.flatMap((line) => /^COPY --from=build \/nines\/(\S+) \S+$/.exec(line)?.[1] ?? []);
    expect(copied.filter((path) => !existsSync(path) && path !== 'dist')).toEqual([]);
    const { files: packed } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
    const isDocument = (path: string): boolean => path.endsWith('.md');
    expect(packed.filter((path) => !isDocument(path) && !copied.includes(path))).toEqual([]);
  });

  it('builds with the compiler, which comes as an optional package for each platform', () => {
    expect(lines).toContain('RUN npm ci');
    expect(lines.some((line) => /npm prune --omit=dev --omit=optional/.test(line))).toBe(true);
  });
});
