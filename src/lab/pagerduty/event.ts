const SEVERITIES = new Set(['critical', 'warning', 'error', 'info']);
const ACTIONS = ['trigger', 'acknowledge', 'resolve'] as const;
type Action = (typeof ACTIONS)[number];

/** An event that passed the checks. `payload` is there for a trigger, `dedupKey` for the others. */
export type PagerDutyEvent = {
  action: Action;
  routingKey: string;
  dedupKey: string | null;
  client: string | null;
  clientUrl: string | null;
  links: readonly { href: string; text: string }[];
  payload: { summary: string; source: string; severity: string; details: unknown } | null;
};

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isBlank = (value: unknown): boolean => typeof value !== 'string' || value.trim() === '';
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const textErrors = (fields: Fields, names: readonly string[], prefix = ''): string[] =>
  names
    .filter((name) => fields[name] !== undefined && fields[name] !== null && typeof fields[name] !== 'string')
    .map((name) => `'${prefix}${name}' must be a string`);

const payloadErrors = (payload: unknown): string[] => {
  if (!isObject(payload)) return [`'payload' is missing or blank`];
  const errors = ['summary', 'source', 'severity']
    .filter((name) => isBlank(payload[name]))
    .map((name) => `'payload.${name}' is missing or blank`);
  const { summary, severity, timestamp, custom_details: details } = payload;
  if (typeof summary === 'string' && summary.length > 1_024)
    errors.push(`Length of 'payload.summary' is incorrect (should be at most 1024 characters)`);
  if (!isBlank(severity) && !SEVERITIES.has(String(severity)))
    errors.push(
      `'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')`,
    );
  if (
    timestamp !== undefined &&
    (typeof timestamp !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(timestamp) || Number.isNaN(Date.parse(timestamp)))
  )
    errors.push(`'payload.timestamp' is invalid (must be an ISO 8601 date)`);
  if (details !== undefined && details !== null && !isObject(details) && typeof details !== 'string')
    errors.push(`'payload.custom_details' must be an object`);
  return [...errors, ...textErrors(payload, ['component', 'group', 'class'], 'payload.')];
};

const listErrors = (name: 'links' | 'images', key: 'href' | 'src', value: unknown): string[] => {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [`'${name}' must be an array`];
  return value.every((item) => isObject(item) && !isBlank(item[key]))
    ? []
    : [`'${name}' must hold objects with '${key}'`];
};

const errorsOf = (event: Fields): string[] => {
  const { routing_key: key, event_action: action, dedup_key: dedup } = event;
  const errors: string[] = [];
  if (isBlank(key)) errors.push(`'routing_key' is missing or blank`);
  else if (!/^[A-Za-z0-9]{32}$/.test(String(key)))
    errors.push(`Length of 'routing_key' is incorrect (should be 32 characters)`);
  if (!ACTIONS.includes(action as Action))
    errors.push(`'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')`);
  if (action !== 'trigger' && isBlank(dedup)) errors.push(`'dedup_key' is missing or blank`);
  if (typeof dedup === 'string' && dedup.length > 255)
    errors.push(`Length of 'dedup_key' is incorrect (should be at most 255 characters)`);
  if (action === 'trigger') errors.push(...payloadErrors(event['payload']));
  errors.push(...listErrors('links', 'href', event['links']), ...listErrors('images', 'src', event['images']));
  return [...errors, ...textErrors(event, ['dedup_key', 'client', 'client_url'])];
};

/** Checks an event of the Events API v2 (https://developer.pagerduty.com/docs/send-alert-event). */
export const readEvent = (body: unknown): PagerDutyEvent | { errors: string[] } => {
  if (!isObject(body)) return { errors: ['The event must be a JSON object'] };
  const errors = errorsOf(body);
  if (errors.length > 0) return { errors };
  const action = body['event_action'] as Action;
  const payload = action === 'trigger' ? (body['payload'] as Fields) : null;
  const links = (body['links'] ?? []) as readonly Fields[];
  return {
    action,
    routingKey: String(body['routing_key']),
    dedupKey: isBlank(body['dedup_key']) ? null : String(body['dedup_key']),
    client: textOrNull(body['client']),
    clientUrl: textOrNull(body['client_url']),
    links: links.map((link) => ({
      href: String(link['href']),
      text: textOrNull(link['text']) ?? String(link['href']),
    })),
    payload: payload && {
      summary: String(payload['summary']),
      source: String(payload['source']),
      severity: String(payload['severity']),
      details: payload['custom_details'] ?? null,
    },
  };
};
