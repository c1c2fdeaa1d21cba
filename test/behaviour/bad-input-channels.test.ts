import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { POLICIES, SYSTEM } from '../harness/definitions.ts';
import { start, type Story } from '../harness/nines.ts';

const listening = (answer: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(answer).listen(0, '127.0.0.1', () => {
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      resolve(`127.0.0.1:${(server.address() as { port: number }).port}`);
    });
  });

/** What stands where Slack or PagerDuty should. */
const STRANGE: Record<string, RequestListener> = {
  'a page of HTML with 200': (_, response) => response.setHeader('content-type', 'text/html').end('<html>login</html>'),
  null: (_, response) => response.setHeader('content-type', 'application/json').end('null'),
  'ok without anything else': (_, response) =>
    response.setHeader('content-type', 'application/json').end('{"ok":true}'),
  'a broken connection': (request) => request.socket.destroy(),
  'half an answer': (_, response) =>
    response.writeHead(200, { 'content-length': '999' }).write('{"ok"', () => response.destroy()),
  'a redirect to itself': (request, response) => response.writeHead(307, { location: request.url ?? '/' }).end(),
  '401 and no JSON': (_, response) => response.writeHead(401).end('no'),
};

describe('a page that cannot be delivered', () => {
  let story: Story;
  afterEach(() => story.stop());

  const outage = async (given: Parameters<typeof start>[0], for_: string): Promise<string> => {
    story = await start(given);
    await story.advance('1m');
    story.target('shop/checkout/health', 'fails');
    await story.advance('70s');
    const [open] = await story.app.nines.incidents({ state: 'open', limit: 10 });
    await story.advance(for_);
    return open?.incident.id ?? 'none';
  };
  const pageTo = async (id: string, channel: string) =>
    (await story.app.nines.incident(id))?.deliveries.filter((row) => row.kind === 'page' && row.channel === channel);
  const told = (): readonly string[] => story.printed.filter((line) => line.includes('not delivered to'));

  it('because its secret is not set fails at once, and the fallback channel is told at once, once', async () => {
    const id = await outage({ env: { SLACK_BOT_TOKEN: undefined } }, '1m50s');
    expect(await pageTo(id, 'slack-oncall')).toMatchObject([
      { state: 'failed', error: 'The channel slack-oncall is not configured.' },
    ]);
    expect(told()).toEqual([expect.stringContaining('L2: not delivered to slack-oncall')]);
    const { channels } = (await (await fetch(`${story.app.url}/api/v1/channels`)).json()) as { channels: object[] };
    expect(channels).toContainEqual({
      id: 'slack-oncall',
      ok: false,
      text: 'not configured: SLACK_BOT_TOKEN is not set',
    });
    await story.advance('5m');
    expect(told().filter((line) => line.includes('slack-oncall'))).toHaveLength(1);
  });

  it('because no secret is set anywhere reaches the fallback for every level, and everything else goes on', async () => {
    const unset = { SLACK_BOT_TOKEN: '', PAGERDUTY_ROUTING_KEY: '', PAGERDUTY_ROUTING_KEY_L4: '' };
    await outage({ env: unset }, '12m');
    for (const channel of ['slack-oncall', 'engineering-manager', 'executive'])
      expect(told().filter((line) => line.includes(`not delivered to ${channel}`))).toHaveLength(1);
    expect((await fetch(`${story.app.url}/ready`)).status).toBe(200);
    const page = await fetch(story.app.url, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('checkout')]);
  });

  it.each(Object.entries(STRANGE))(
    'because Slack answers %s is told to the fallback within two minutes, once',
    async (_, answer) => {
      const host = await listening(answer);
      const id = await outage({ env: { SLACK_API_URL: `http://${host}/api/` } }, '4m');
      const rows = (await story.app.nines.incident(id))?.deliveries.filter(({ channel }) => channel === 'slack-oncall');
      expect(rows?.map(({ state }) => state)).not.toContain('sent');
      // The root goes first; what is wrong with Slack stands there.
      expect(rows?.[0]?.error).toMatch(/Slack|connection|answer/);
      expect(told().filter((line) => line.includes('slack-oncall'))).toHaveLength(1);
      expect(await story.metrics()).toContain('nines_store_writable 1');
    },
  );

  // Half an answer is waited for in real time, so it is left to the client's own tests.
  it.each(Object.entries(STRANGE).filter(([what]) => what !== 'half an answer'))(
    'because PagerDuty answers %s is told to the fallback',
    async (_, answer) => {
      await outage({ env: { PAGERDUTY_EVENTS_HOST: await listening(answer) } }, '12m');
      expect(told().filter((line) => line.includes('engineering-manager'))).toHaveLength(1);
    },
  );

  it.each(['no host at all', '127.0.0.1:99999', 'user:pw@', '[::'])(
    'because PagerDuty is to be reached at %j is told to the fallback',
    async (host) => {
      await outage({ env: { PAGERDUTY_EVENTS_HOST: host } }, '12m');
      expect(told().filter((line) => line.includes('engineering-manager'))).toHaveLength(1);
    },
  );

  it('because its token cannot stand in a header is told to the fallback', async () => {
    await outage({ env: { SLACK_BOT_TOKEN: 'xoxb-lab\nX-Injected: 1' } }, '4m');
    expect(told().filter((line) => line.includes('slack-oncall'))).toHaveLength(1);
  });

  it('to a fallback that is not configured itself is not lost: the ladder climbs to whom it can reach', async () => {
    const policies = POLICIES.replace('fallback: console', 'fallback: slack-oncall');
    await outage({ files: { 'shop.yaml': SYSTEM, 'policies.yaml': policies }, env: { SLACK_BOT_TOKEN: '' } }, '4m');
    expect((await story.pagerduty()).map(({ routing_key }) => routing_key.slice(0, 2))).toEqual(['L3']);
  });
});
