import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { OTHER_ANCHORS, RUNBOOK_ANCHORS } from '../../src/generate/rules/runbook-anchors.ts';
import { shippedCatalog } from '../generate/catalogs.ts';
import { bearer, INGEST, PEOPLE, start } from './start.ts';

/** Where the rules' `runbook_url` leads: `/runbooks/<anchor>`, or `<links.runbooks>#<anchor>` elsewhere. */
const ANCHORS = [...new Set(Object.values(RUNBOOK_ANCHORS)), ...OTHER_ANCHORS];

const folder = mkdtempSync(join(tmpdir(), 'nines-runbooks-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const accept = { accept: 'text/html' };

describe('runbooks', () => {
  it('shows what to do for each kind of alert, and lists the other pages', async () => {
    const { app } = await start();
    const { statusCode, headers, body } = await app.inject({ url: '/runbooks', headers: accept });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    const anchors = [...body.matchAll(/<h2 id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(anchors)).toEqual(new Set([...ANCHORS, 'pages']));
    expect(anchors).toHaveLength(ANCHORS.length + 1);
    expect(body).toContain('<a href="/runbooks/gateway-down.md">Gateway down</a>');
    expect(body).not.toMatch(/<script(?! type="module" src="\/assets\/)/);
  });

  it.each(ANCHORS)('has a page about %s, of that section alone', async (anchor) => {
    const { app } = await start();
    const { statusCode, body } = await app.inject({ url: `/runbooks/${anchor}`, headers: accept });
    expect(statusCode).toBe(200);
    expect([...body.matchAll(/<h[12] id="([^"]+)"/g)].map((match) => match[1])).toEqual([anchor]);
    expect(body).toMatch(/What it means[\s\S]*It clears/);
    expect((await app.inject({ url: `/runbooks/${anchor}.md`, headers: accept })).statusCode).toBe(404);
  });

  it('lets the page of a team stand for the section about a kind of alert', async () => {
    mkdirSync(join(folder, 'ours'), { recursive: true });
    writeFileSync(join(folder, 'ours/error-budget-burn.md'), '# Call Ann');
    const { app } = await start({ runbooksDir: join(folder, 'ours') });
    for (const url of ['/runbooks/error-budget-burn', '/runbooks/error-budget-burn.md'])
      expect((await app.inject({ url, headers: accept })).body).toContain('>Call Ann</h1>');
  });

  it('keeps the sections about alerts where a team has a first page of its own', async () => {
    mkdirSync(join(folder, 'first'), { recursive: true });
    writeFileSync(join(folder, 'first/README.md'), '# Our runbooks');
    const { app } = await start({ runbooksDir: join(folder, 'first') });
    const { statusCode, body } = await app.inject({ url: '/runbooks/error-budget-burn', headers: accept });
    expect(statusCode).toBe(200);
    expect(body).toMatch(/What it means[\s\S]*It clears/);
  });

  it('has the page of every SLO and condition of the shipped definitions', async () => {
    const { app } = await start();
    const catalog = await shippedCatalog();
    const base = `${catalog.links.nines}/runbooks/`;
    const named = [...catalog.slos.values(), ...catalog.conditions.values()].map(({ runbook }) => runbook ?? '');
    expect(named.filter((runbook) => !runbook.startsWith(base))).toEqual([]);
    for (const { pathname } of [...new Set(named)].map((address) => new URL(address))) {
      const { statusCode } = await app.inject({ url: pathname, headers: accept });
      expect([pathname, statusCode]).toEqual([pathname, 200]);
    }
  });

  it('links only to pages and anchors that are there', async () => {
    const { app } = await start();
    const page = async (url: string) => (await app.inject({ url, headers: accept })).body;
    const first = await page('/runbooks');
    const sections = ANCHORS.map((anchor) => `/runbooks/${anchor}`);
    const pages = [
      '/runbooks',
      ...sections,
      ...[...first.matchAll(/href="(\/runbooks\/[^"]+)"/g)].map((match) => match[1] ?? ''),
    ];
    const links = await Promise.all(
      pages.map(async (url) =>
        [...(await page(url)).matchAll(/href="(\/runbooks[^"#]*)?(?:#([^"]+))?"/g)]
          .map(([, path = url, anchor = null]) => ({ url, path, anchor }))
          .filter(({ path, anchor }) => anchor !== 'main' && (path !== url || anchor !== null)),
      ),
    );
    expect(links.flat().length).toBeGreaterThan(20);
    for (const { url, path, anchor } of links.flat()) {
      const { statusCode, body } = await app.inject({ url: path, headers: accept });
      const isThere = statusCode === 200 && (anchor === null || body.includes(`id="${anchor}"`));
      expect({ url, path, anchor, isThere }).toEqual({ url, path, anchor, isThere: true });
    }
  });

  it('serves the pages of a team beside them, and instead of them', async () => {
    mkdirSync(join(folder, 'runbooks'), { recursive: true });
    writeFileSync(join(folder, 'secret.md'), '# Not a page');
    writeFileSync(join(folder, 'runbooks/checkout.md'), '# Our <checkout>\n\nCall Ann.');
    writeFileSync(join(folder, 'runbooks/gateway-down.md'), '# Ours');
    writeFileSync(join(folder, 'runbooks/notes.txt'), 'no page');
    const { app } = await start({ runbooksDir: join(folder, 'runbooks') });
    const get = (url: string) => app.inject({ url, headers: accept });
    expect((await get('/runbooks/checkout')).body).toContain('<h1 id="our-checkout">Our &lt;checkout&gt;</h1>');
    expect((await get('/runbooks/gateway-down.md')).body).toContain('>Ours</h1>');
    for (const url of [
      '/runbooks/notes.txt',
      '/runbooks/..%2Fsecret.md',
      '/runbooks/../secret.md',
      '/runbooks/%2e%2e%2fsecret',
      '/runbooks/__proto__',
      '/runbooks/nowhere',
    ])
      expect([url, (await get(url)).statusCode]).toEqual([url, 404]);
    expect((await get('/runbooks/nowhere')).body).toContain('No runbook is called nowhere.');
  });

  it('leads back from the login to the section that an alert links to', async () => {
    const { app } = await start({ loginRequired: true });
    const { headers } = await app.inject({ url: '/runbooks/error-budget-burn', headers: accept });
    expect(headers.location).toBe('/login?next=%2Frunbooks%2Ferror-budget-burn');
  });

  it('is read by whoever may read the other pages', async () => {
    const { app } = await start({ loginRequired: true });
    const get = (headers: Record<string, string>) =>
      app.inject({ url: '/runbooks/gateway-down.md', headers: { ...accept, ...headers } });
    const stranger = await get({});
    expect([stranger.statusCode, stranger.headers.location]).toEqual([
      303,
      '/login?next=%2Frunbooks%2Fgateway-down.md',
    ]);
    expect((await get(bearer(INGEST))).statusCode).toBe(303);
    expect((await get(bearer(PEOPLE))).statusCode).toBe(200);
  });
});
