import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mrkdwn } from '../../src/lab/page/mrkdwn.ts';
import { LAB } from '../../src/lab/known.ts';
import { startLab } from './given.ts';
import type { StartedLab } from './given.ts';

const HOSTILE = `"><img src=x onerror=alert(1)></p><script>alert('x')</script>`;
const channel = 'C0DURUONCALL';
let lab: StartedLab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const page = async (headers: Record<string, string> = {}) => (await lab.request('/lab', { headers })).text;
const trigger = {
  routing_key: LAB.routingKeys.L3,
  event_action: 'trigger',
  dedup_key: 'nines/1/1/manager/1',
  payload: { summary: 'API down', source: 'duru-notes/api', severity: 'warning' },
};

describe('the page shows what arrived', () => {
  it('a Slack thread with its broadcast, its edits and its buttons', async () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: ':fire: API down' } },
      { type: 'section', text: { type: 'mrkdwn', text: '*critical* <@U0LABELIF1>' } },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://n.example/i/1' }],
      },
    ];
    const { ts } = (await lab.slack('chat.postMessage', { channel, blocks })).body;
    await lab.slack('chat.postMessage', { channel, text: 'L2 pages you', thread_ts: ts, reply_broadcast: true });
    await lab.slack('chat.update', { channel, ts, blocks });
    const text = await page();
    expect(text).toContain('🔥 API down');
    expect(text).toContain('<strong>critical</strong> <span class="mention">@elif</span>');
    expect(text).toContain('href="https://n.example/i/1"');
    expect(text.split('L2 pages you')).toHaveLength(3);
    expect(text).toContain('replied to a thread');
    expect(text).toContain('1 reply');
    expect(text).toContain('edited once');
  });

  it('PagerDuty incidents by word, not by colour alone, open ones first', async () => {
    await lab.enqueue(trigger);
    await lab.enqueue({ ...trigger, event_action: 'resolve' });
    await lab.enqueue({ ...trigger, payload: { ...trigger.payload, summary: 'API down again' } });
    const text = await page();
    expect(text).toMatch(/Triggered\s*<\/span>[\s\S]*Low urgency[\s\S]*#2[\s\S]*Resolved\s*<\/span>[\s\S]*#1/);
    expect(text).toContain('L3 (…0003)');
    expect(text).not.toContain(LAB.routingKeys.L3);
  });

  it('that nothing arrived, and the way back when Nines stands in front', async () => {
    expect(await page()).toContain('Nobody has been woken up');
    expect(await page()).not.toContain('Back to Nines');
    expect(await page({ 'x-forwarded-host': '127.0.0.1:9700' })).toContain('Back to Nines');
  });
});

describe('hostile text stays text', () => {
  it('wherever it can come in', async () => {
    const metadata = { event_type: HOSTILE, event_payload: {} };
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: HOSTILE.slice(0, 150) } },
      { type: 'section', text: { type: 'mrkdwn', text: HOSTILE }, fields: [{ type: 'mrkdwn', text: `*${HOSTILE}*` }] },
      { type: 'context', elements: [{ type: 'image', image_url: 'https://a.example/x', alt_text: HOSTILE }] },
      { type: 'markdown', text: HOSTILE },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'x' }, url: 'javascript:alert(1)' }],
      },
    ];
    const { ok, ts } = (await lab.slack('chat.postMessage', { channel, text: HOSTILE, blocks, metadata })).body;
    expect(ok).toBe(true);
    await lab.slack('chat.postMessage', { channel, text: `<${HOSTILE}|${HOSTILE}> \`${HOSTILE}\``, thread_ts: ts });
    await lab.slack('chat.postMessage', { channel, text: '<javascript:alert(1)|here>' });
    const payload = { ...trigger.payload, summary: HOSTILE, source: HOSTILE, custom_details: { [HOSTILE]: HOSTILE } };
    const links = [{ href: 'javascript:alert(1)', text: HOSTILE }];
    const event = { ...trigger, dedup_key: HOSTILE, client: HOSTILE, client_url: HOSTILE, payload, links };
    expect((await lab.enqueue(event)).status).toBe(202);
    const text = await page();
    expect(text).toContain('onerror');
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/href="javascript:/);
    expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/lab/assets/lab.js" defer>']);
  });
});

describe('the page works without JavaScript', () => {
  it('every switch is a form, and its answer leads back to the page', async () => {
    const text = await page();
    expect(text.match(/<form method="post" action="\/lab\/faults\/[a-z0-9-]+">/g)).toHaveLength(10);
    const init = { method: 'POST', body: new URLSearchParams({ on: 'true' }) };
    const answer = await lab.request('/lab/faults/duru-api-down', init);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/lab#duru-api-down']);
    expect(await page()).toContain('aria-checked="true"');
    const repaired = await lab.request('/lab/faults', { method: 'POST', body: new URLSearchParams({ on: 'false' }) });
    expect(repaired.headers.get('location')).toBe('/lab#faults');
    expect(await page()).not.toContain('aria-checked="true"');
  });

  it('its policy allows nothing but its own files, and it needs nothing else', async () => {
    const answer = await lab.request('/lab');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(answer.text).not.toMatch(/ style=| on[a-z]+=|<style/);
    const assets = answer.text.match(/\/lab\/assets\/[a-z.]+/g)!;
    expect(assets).toHaveLength(6);
    for (const asset of assets) expect((await lab.request(asset)).status).toBe(200);
  });
});

describe('mrkdwn is drawn as Slack draws it', () => {
  const directory = { users: new Map([['U1', 'elif']]), channels: new Map([['C1', 'ops']]) };
  it.each([
    ['*bold* _italic_ ~gone~ `code`', '<strong>bold</strong> <em>italic</em> <s>gone</s> <code>code</code>'],
    ['a*b*c snake_case_name 2 * 3 * 4', 'a*b*c snake_case_name 2 * 3 * 4'],
    ['*<@U1> and <#C1>*', '<strong><span class="mention">@elif</span> and <span class="mention">#ops</span></strong>'],
    ['<!here> <!subteam^S1|@sre>', '<span class="mention">@here</span> <span class="mention">@sre</span>'],
    ['<!date^1^{date}|Nov 20>', 'Nov 20'],
    ['&lt;!here&gt; &amp;amp;', '&lt;!here&gt; &amp;amp;'],
    ['one\ntwo :bell: :no_such:', 'one<br />two 🔔 :no_such:'],
    ['```\nlet *x*```', '<pre>let *x*</pre>'],
  ])('%s', (text, markup) => {
    expect(mrkdwn(text, directory).markup).toBe(markup);
  });
});
