import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAB } from '../../src/lab/known.ts';
import { startLab } from './given.ts';
import type { StartedLab } from './given.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = createRequire(import.meta.url).resolve('axe-core');
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const channel = 'C0DURUONCALL';

const arrive = async (lab: StartedLab) => {
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'API down' } },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: '*critical* <@U0LABELIF1> `production` <https://a.example|link>' },
    },
    {
      type: 'actions',
      elements: [
        {
          type: 'button',
          style: 'primary',
          text: { type: 'plain_text', text: 'Acknowledge' },
          url: 'https://a.example',
        },
        { type: 'button', text: { type: 'plain_text', text: 'Snooze' }, action_id: 'b' },
      ],
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'episode 1' }] },
  ];
  const { ts } = (await lab.slack('chat.postMessage', { channel, blocks })).body;
  await lab.slack('chat.postMessage', { channel, text: 'L2 pages you', thread_ts: ts, reply_broadcast: true });
  const event = {
    routing_key: LAB.routingKeys.L3,
    event_action: 'trigger',
    payload: { summary: 'API down', source: 'x', severity: 'critical', custom_details: { budget: '61 %' } },
  };
  for (const dedup_key of ['a', 'b', 'c']) await lab.enqueue({ ...event, dedup_key });
  await lab.enqueue({ ...event, event_action: 'acknowledge', dedup_key: 'b' });
  await lab.enqueue({ ...event, event_action: 'resolve', dedup_key: 'c' });
  await lab.fault('duru-api-slow');
};

// Debian's chromium; without it these are reported as skipped.
describe.skipIf(!existsSync(CHROMIUM))('in a browser', () => {
  let browser: Browser;
  let lab: StartedLab;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    lab = await startLab();
    await arrive(lab);
  });
  afterAll(async () => {
    await browser.close();
    await lab.close();
  });

  const open = async (options: Parameters<Browser['newPage']>[0]): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 }, ...options });
    await page.goto(`${lab.url}/lab`);
    return page;
  };

  it.each([
    [360, 'light'],
    [360, 'dark'],
    [1280, 'light'],
    [1280, 'dark'],
  ] as const)(
    'at %i px in %s colours: WCAG 2.2 AA by axe, and nothing scrolls sideways',
    async (width, colorScheme) => {
      // The page forbids foreign scripts; axe is one.
      const page = await open({ viewport: { width, height: 740 }, colorScheme, bypassCSP: true });
      await page.addScriptTag({ path: AXE });
      const run = "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })";
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(run);
      expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      const outside = `[...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > ${width - 8} && one.closest('nav li, main > *')).map((one) => one.outerHTML)`;
      expect(await page.evaluate(outside)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      await page.close();
    },
  );

  it('what arrives appears by itself, an opened detail stays open, the focus stays', async () => {
    const page = await open({});
    await page.locator('#details-1 summary').click();
    await page.locator('#switch-slack-down').focus();
    await lab.enqueue({
      routing_key: LAB.routingKeys.L4,
      event_action: 'trigger',
      dedup_key: 'd',
      payload: { summary: 'Executive paged', source: 'x', severity: 'critical' },
    });
    await lab.fault('pagerduty-down');
    await page.getByText('Executive paged').first().waitFor();
    expect(await page.locator('#details-1').getAttribute('open')).toBe('');
    expect(await page.evaluate('document.activeElement.id')).toBe('switch-slack-down');
    await page.close();
  });

  it.each([true, false])('one click breaks and one repairs (JavaScript: %s)', async (javaScriptEnabled) => {
    const page = await open({ javaScriptEnabled });
    await page.locator('#switch-duru-api-down').click();
    await page.locator('#duru-api-down.on').waitFor();
    expect((await lab.request('/duru/health')).status).toBe(503);
    await page.locator('#switch-duru-api-down').click();
    await page.locator('#duru-api-down:not(.on)').waitFor();
    expect((await lab.request('/duru/health')).status).toBe(200);
    await page.close();
  });
});
