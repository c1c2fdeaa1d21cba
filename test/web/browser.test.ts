import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { INCIDENT } from '../http/duru-incident.ts';
import { start } from '../http/start.ts';
import type { Started } from '../http/start.ts';

const CHROMIUM = '/usr/bin/chromium';
const isMissing = !existsSync(CHROMIUM) && process.env['CI'] !== 'true';
if (isMissing) console.warn(`SKIPPED: pages in a browser (axe, keyboard, live): ${CHROMIUM} is not here.`);

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SUBJECTS = [
  '/',
  '/slos',
  '/slos/duru-notes/api/availability',
  '/slos/duru-notes/web/first-byte',
  '/slos/duru-notes/notifications/delivery',
  '/probes',
  '/probes/duru-notes/api/health',
  '/incidents',
  `/incidents/${INCIDENT}`,
  '/runbooks',
  '/runbooks/api-availability.md',
  '/runbooks/error-budget-burn',
  '/login',
  '/nowhere',
];

let browser: Browser;
beforeAll(async () => {
  if (isMissing) return;
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => browser?.close());

/** The server on a port of its own and a page looking at it; both are gone when `use` settles. */
const looking = async (
  { width = 360, dark = false, script = true }: { width?: number; dark?: boolean; script?: boolean },
  use: (page: Page, base: string, started: Started) => Promise<void>,
): Promise<void> => {
  const started = await start({}, { demo: { note: 'Waits are seconds.', labUrl: 'http://127.0.0.1:1' } });
  const base = await started.app.listen({ port: 0, host: '127.0.0.1' });
  const context = await browser.newContext({
    viewport: { width, height: width === 360 ? 740 : 800 },
    colorScheme: dark ? 'dark' : 'light',
    javaScriptEnabled: script,
    // Only for the checker that the test puts in; the policy itself is asserted in test/http/doors.test.ts.
    bypassCSP: script,
  });
  try {
    await use(await context.newPage(), base, started);
  } finally {
    await context.close();
    await started.app.close();
  }
};

const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE);
  return page.evaluate(`axe
    .run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => id + ': ' + node.html.slice(0, 200) + ' ' + node.failureSummary)))`);
};

/** What a thumb must hit. Links within a sentence are exempt (WCAG 2.5.8). */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll(
      'button, input:not([type=hidden]), textarea, summary, .places a, .chips a, .counts a, .button, .links a')]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 44 || box.height < 44)
    .map(({ element, box }) => element.outerHTML.slice(0, 80) + ' ' + box.width + 'x' + box.height)`);

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth');

describe.skipIf(isMissing)('in a browser', () => {
  test.each([
    { width: 360, dark: true },
    { width: 1280, dark: false },
  ])(
    'no page has anything axe objects to, a target too small, or a side to scroll to ($width px, dark $dark)',
    { timeout: 120_000 },
    async (screen) => {
      await looking(screen, async (page, base) => {
        for (const path of SUBJECTS) {
          await page.goto(base + path);
          for (const summary of await page.locator('summary').all()) await summary.click();
          expect([path, await violations(page), await smallTargets(page), await overflow(page)]).toEqual([
            path,
            [],
            [],
            0,
          ]);
        }
      });
    },
  );

  test('the button stands on the first screen of a phone, before anything is scrolled', async () => {
    await looking({ width: 360 }, async (page, base) => {
      for (const path of ['/', `/incidents/${INCIDENT}`]) {
        await page.goto(base + path);
        const box = await page.getByRole('button', { name: 'Acknowledge' }).boundingBox();
        expect(box!.y + box!.height).toBeLessThanOrEqual(740);
      }
    });
  });

  test.each(['/', `/incidents/${INCIDENT}`])(
    '%s is acknowledged with the keyboard in at most six Tabs',
    async (path) => {
      await looking({}, async (page, base, { calls }) => {
        await page.goto(base + path);
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        let tabs = 1;
        const focused = (): Promise<string> => page.evaluate('document.activeElement.id');
        while (!(await focused()).startsWith('ack-') && tabs < 7) {
          await page.keyboard.press('Tab');
          tabs += 1;
        }
        expect(tabs).toBeLessThanOrEqual(6);
        await Promise.all([
          page.waitForURL(`**/incidents/${INCIDENT}`),
          page.waitForResponse(/acknowledge/),
          page.keyboard.press('Enter'),
        ]);
        await page.getByText('has it since').waitFor();
        expect(calls.map(({ verb }) => verb)).toEqual(['acknowledge']);
      });
    },
  );

  test('everything works without script: acknowledge, note, filter', async () => {
    await looking({ script: false }, async (page, base, { calls }) => {
      await page.goto(base);
      expect(await page.locator('#live').isVisible()).toBe(false);
      await page.getByRole('button', { name: 'Acknowledge' }).click();
      await page.getByText('has it since').waitFor();
      await page.getByLabel('Add a note').fill('tried a restart');
      await page.getByRole('button', { name: 'Add note' }).click();
      await page.goto(`${base}/slos`);
      await page.getByRole('link', { name: 'Missed 1' }).click();
      expect(await page.locator('tbody tr').count()).toBe(1);
      expect(calls.map(({ verb }) => verb)).toEqual(['acknowledge', 'note']);
    });
  });

  test('the real policy blocks nothing of ours', async () => {
    const { app } = await start();
    const base = await app.listen({ port: 0, host: '127.0.0.1' });
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${base}/slos/duru-notes/api/availability`);
    await page.getByText('Live', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
    await app.close();
  });
});

describe.skipIf(isMissing)('a page left open', () => {
  const acknowledgeElsewhere = ({ nines }: Started) =>
    nines.verbs.acknowledge(INCIDENT, { name: 'Bob', door: 'slack' });

  test('shows what another person did, keeps focus and place, and leaves a note being typed alone', async () => {
    await looking({}, async (page, base, started) => {
      await page.goto(`${base}/incidents/${INCIDENT}`);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByLabel('Add a note').fill('half a sen');
      const place = () => page.getByLabel('Add a note').boundingBox();
      const before = await place();
      await acknowledgeElsewhere(started);
      await page.getByText('Bob has it').waitFor();
      expect(await page.getByLabel('Add a note').inputValue()).toBe('half a sen');
      expect(await page.evaluate('document.activeElement.id')).toBe('note');
      expect(await place()).toEqual(before);
      expect(await page.getByRole('button', { name: 'Acknowledge' }).count()).toBe(0);
    });
  });

  test('can be paused, and catches up afterwards', async () => {
    await looking({}, async (page, base, started) => {
      await page.goto(base);
      await page.getByText('Live', { exact: true }).waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText('Paused', { exact: true }).waitFor();
      await acknowledgeElsewhere(started);
      expect(await page.getByText('Bob has it').count()).toBe(0);
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText('Bob has it').waitFor();
    });
  });

  test('says so when the connection is lost, and reconnects by itself', async () => {
    await looking({}, async (page, base, started) => {
      await page.goto(base);
      await page.getByText('Live', { exact: true }).waitFor();
      await started.app.close();
      await page.getByText('Connection lost', { exact: true }).waitFor();
      const again = await start();
      await again.app.listen({ port: Number(new URL(base).port), host: '127.0.0.1' });
      await page.getByText('Live', { exact: true }).waitFor();
      expect(await page.getByText('Connection lost').count()).toBe(0);
      await again.app.close();
    });
  });

  test('its clocks say the words that the server says', async () => {
    await looking({}, async (page, base) => {
      await page.clock.setFixedTime(new Date('2026-11-20T03:12:40Z'));
      await page.goto(`${base}/incidents/${INCIDENT}`);
      const words = () => page.locator('time[data-time]').allTextContents();
      const asSent = await words();
      await page.evaluate(`for (const time of document.querySelectorAll('time[data-time]')) time.textContent = ''`);
      await page.waitForFunction(`document.querySelector('time[data-time]').textContent !== ''`);
      expect(await words()).toEqual(asSent);
    });
  });
});
