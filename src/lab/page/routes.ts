import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import type { Faults } from '../faults.ts';
import type { Account } from '../pagerduty/account.ts';
import type { Workspace } from '../slack/workspace.ts';
import { STYLES, labPage } from './page.ts';

type Parts = {
  faults: Faults;
  workspace: Workspace;
  account: Account;
  routingKeys: Readonly<Record<string, string>>;
};

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
};

const ASSETS = ['lab.js', ...STYLES];

export const pageRoutes = (app: FastifyInstance, parts: Parts): void => {
  for (const file of ASSETS) {
    const type = file.endsWith('.css') ? 'text/css' : 'text/javascript';
    const content = readFileSync(new URL(`../assets/${file}`, import.meta.url), 'utf8');
    app.get(`/lab/assets/${file}`, (_request, reply) =>
      reply
        .headers({ ...HEADERS, 'cache-control': 'no-cache' })
        .type(`${type}; charset=utf-8`)
        .send(content),
    );
  }
  for (const path of ['/lab', '/lab/'])
    app.get(path, (request, reply) => {
      const behindNines = request.headers['x-forwarded-host'] !== undefined;
      const page = labPage({ ...parts, behindNines });
      return reply
        .headers({ ...HEADERS, 'cache-control': 'no-store' })
        .type('text/html; charset=utf-8')
        .send(page);
    });
};
