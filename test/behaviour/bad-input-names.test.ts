import { execFile } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';
import { hasPromtool, objections } from '../metrics/promtool.ts';

const HOSTILE = {
  tags: '<img src=x onerror=alert(1)>',
  script: '"></title><script>alert(1)</script>',
  attribute: `' onmouseover='alert(1)' x="`,
  template: '${7*7}{{constructor}}%s%n\\',
  mention: '<!channel> @here <@U1> &lt;b&gt;',
  direction: 'left\u202Ethgir\u2066 \u200Fend',
  invisible: 'a\u200B\u200D\uFEFFb',
  control: 'a\u0000b\u001B[31mred\u0007\u009B5mc\r\nd',
  surrogate: 'x\uD800y',
  long: 'ä'.repeat(1_000),
  emoji: '👩‍🚒'.repeat(200),
  label: 'a"b\\c\nd{e="f"} 1',
} as const;

/** The smallest system with this name everywhere a name can stand. */
const named = (name: string): Record<string, string> => {
  const text = JSON.stringify(name);
  const condition = `    conditions:
      - { id: down, name: ${text}, source: { kind: probe, probe: health, metric: failing }, comparison: '>=', threshold: 1, unit: ${text}, severity: warning, runbook: ${text} }
`;
  return {
    'shop.yaml':
      SYSTEM.replace('name: Shop', `name: ${text}\ndescription: ${text}\nowner: ${text}`)
        .replace('name: Checkout\n', `name: ${text}\n`)
        .replace('        kind: http', `        kind: http\n        description: ${text}`)
        .replace(
          'name: Checkout availability',
          `name: ${text}\n        description: ${text}\n        runbook: ${text}`,
        ) + condition,
    'policies.yaml': POLICIES.replace('name: Standard', `name: ${text}`),
  };
};

const PAGES = [
  '/',
  '/slos',
  '/slos/shop/checkout/availability',
  '/probes',
  '/probes/shop/checkout/health',
  '/incidents',
];

/** All texts that Slack reads as markup; in plain_text a < is a <. */
const marked = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if ('type' in value && value.type === 'plain_text') return [];
  return Object.values(value).flatMap(marked);
};

const cli = (url: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['bin/nines.js', ...args, '--port', new URL(url).port], (_, stdout, stderr) =>
      resolve({ stdout, stderr }),
    );
  });

describe.each(Object.entries(HOSTILE))('a name of %s', (_, name) => {
  let story: Story;
  afterEach(() => story.stop());

  const begin = async (): Promise<{ id: string; noted: number }> => {
    story = await start({ files: named(name), env: { NINES_PROFILE: name } });
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('4m');
    const id = (await story.app.nines.incidents({ state: 'open', limit: 1 }))[0]?.incident.id ?? 'none';
    const token = { authorization: 'Bearer a-token-for-tests', 'content-type': 'application/json' };
    const noted = await fetch(`${story.app.url}/api/v1/incidents/${id}/note`, {
      method: 'POST',
      headers: token,
      body: JSON.stringify({ by: name.slice(0, 150), text: name }),
    });
    return { id, noted: noted.status };
  };
  it('is paged, and harms no page, answer, metric, Slack message or terminal', async () => {
    const { id, noted } = await begin();
    expect(noted).toBe(200);
    for (const path of [...PAGES, `/incidents/${id}`]) {
      const answer = await fetch(story.app.url + path, { headers: { accept: 'text/html' } });
      const html = await answer.text();
      expect([path, answer.status]).toEqual([path, 200]);
      expect(html).not.toMatch(/<img|<script>|<script(?! (type="module" )?(defer )?src="\/)|<b>|javascript:/);
      // Outside of quoted attribute values, no handler: a browser would run it.
      expect(html.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/);
    }

    const metrics = await story.metrics();
    expect(
      metrics.split('\n').filter((line) => line !== '' && !/^(#|[a-z_]+(\{[^\n]*\})? [-+.\deNaInf]+$)/.test(line)),
    ).toEqual([]);
    expect(hasPromtool ? objections(metrics) : '').toBe('');

    const { roots, broadcasts } = await story.slack();
    expect([roots.length, broadcasts.length]).toEqual([1, 1]);
    expect(JSON.stringify(roots)).not.toMatch(/<!channel>|<@U1>|@here/);
    expect(marked(roots).filter((text) => /<(?!!date\^|https?:)/.test(text))).toEqual([]);

    for (const path of ['slos', 'probes', 'incidents', `incidents/${id}`, 'channels']) {
      const answer = await fetch(`${story.app.url}/api/v1/${path}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('json')]);
      await answer.json();
    }

    for (const args of [['status'], ['incidents'], ['incidents', id], ['incidents', id, '--json']]) {
      const { stdout, stderr } = await cli(story.app.url, ...args);
      expect([stderr, stdout === '']).toEqual(['', false]);
      // oxlint-disable-next-line no-control-regex -- these must not be there
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/);
      if (args.includes('--json')) JSON.parse(stdout);
    }
    expect(story.errors).toEqual([]);
  });
});
