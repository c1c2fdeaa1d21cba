import { startServer, type Answer, type Stand, type Take } from './stand.ts';

type Sent = Record<string, unknown> & { event_action: string; dedup_key: string };
export type PagerDutyStand = Stand & { events(): readonly Sent[]; open(): readonly string[] };

const invalid = (error: string): Answer => ({
  status: 400,
  body: { status: 'invalid event', message: 'Event object is invalid', errors: [error] },
});

const mistakeIn = (event: Sent, secret: string): string | null => {
  const payload = event['payload'] as Record<string, unknown> | undefined;
  if (event['routing_key'] !== secret) return `'routing_key' ${String(event['routing_key'])} is invalid`;
  if (!event.dedup_key || event.dedup_key.length > 255) return "'dedup_key' is invalid";
  if (event.event_action !== 'trigger') return null;
  const summary = payload?.['summary'];
  if (typeof summary !== 'string' || !summary || summary.length > 1_024) return "'payload.summary' is invalid";
  if (!payload?.['source']) return "'payload.source' is missing or blank";
  if (!['critical', 'error', 'warning', 'info'].includes(String(payload['severity'])))
    return "'payload.severity' is invalid";
  if ('links' in payload || 'images' in payload) return "'payload' has unknown keys";
  return null;
};

/** PagerDuty's Events API v2: an alert per dedup key while it is open; what concerns no open alert is dropped. */
export const startPagerDuty = async (): Promise<PagerDutyStand> => {
  const secret = 'R0UT1NGKEY0000000000000000000123';
  const events: Sent[] = [];
  const alerts = new Map<string, string>();
  const take: Take = ({ method, path, headers, body }) => {
    if (method !== 'POST' || path !== '/v2/enqueue') return { status: 404, body: '<html>Not found</html>' };
    if (!headers['content-type']?.startsWith('application/json')) return invalid('not JSON');
    if (Buffer.byteLength(body) > 512_000) return { status: 413, body: {} };
    const event = JSON.parse(body) as Sent;
    const mistake = mistakeIn(event, secret);
    if (mistake) return invalid(mistake);
    events.push(event);
    if (event.event_action === 'trigger' && !alerts.has(event.dedup_key)) {
      alerts.set(event.dedup_key, (event['payload'] as { summary: string }).summary);
    }
    if (event.event_action === 'resolve') alerts.delete(event.dedup_key);
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: event.dedup_key } };
  };
  const server = await startServer(take);
  return {
    ...server,
    url: `127.0.0.1:${server.port}`,
    secret,
    events: () => events,
    open: () => [...alerts.keys()],
    shown: () => [...alerts.values()],
  };
};
