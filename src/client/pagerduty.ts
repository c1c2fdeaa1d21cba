import https from 'node:https';
import net from 'node:net';
import { event } from '@pagerduty/pdjs';
import type { Secret } from '../secret.ts';

/** https://developer.pagerduty.com/docs/send-alert-event; `images` is not used. */
export type PagerDutyEvent = {
  event_action: 'trigger' | 'acknowledge' | 'resolve';
  /** At most 255 characters. */
  dedup_key: string;
  client?: string;
  client_url?: string;
  payload?: {
    summary: string;
    source: string;
    severity: 'critical' | 'error' | 'warning' | 'info';
    timestamp: string;
    component: string;
    group: string;
    class: string;
    custom_details: Readonly<Record<string, unknown>>;
  };
  links?: readonly { href: string; text: string }[];
};

/** `refused` is never worth repeating; `unavailable` always, because PagerDuty folds repeats by the dedup key. */
export type PagerDutyAnswer =
  | { outcome: 'accepted' }
  | { outcome: 'refused'; sentence: string }
  | { outcome: 'unavailable'; sentence: string; afterMs: number | null };

export type PagerDutyClient = {
  send(routingKey: Secret, sent: PagerDutyEvent, signal: AbortSignal): Promise<PagerDutyAnswer>;
};

/** `sdkPauseMs` = what the SDK waits between its four requests after a 429; the tests shorten it. */
export type PagerDutyOptions = { eventsHost: string; agent?: https.Agent; sdkPauseMs?: number };

/** "Preferably with a backoff of a few minutes", says PagerDuty of its 429; a page cannot wait for so long. */
const PAUSE_MS = 30_000;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/;

// The SDK speaks only https. A stand-in on this machine (nothing else ever matches) is reached without TLS.
const plainAgent = (): https.Agent => {
  const agent = new https.Agent({ keepAlive: false });
  (agent as unknown as { createConnection: typeof net.connect }).createConnection = net.connect;
  return agent;
};

type Answer = { status: number; data: unknown; response: { headers: { get(name: string): string | null } } };

const retryAfterMs = (answer: Answer): number | null => {
  const seconds = Number.parseInt(answer.response.headers.get('retry-after') ?? '', 10);
  return seconds >= 0 ? seconds * 1_000 : null;
};

/** Without the routing key, which an answer may repeat: taken out before the words are cut, or half of it would stay. */
const refusal = (answer: Answer, key: string): string => {
  const data = answer.data as { message?: unknown; errors?: unknown } | null;
  const errors = Array.isArray(data?.errors) ? data.errors : [data?.message];
  const words = errors
    .filter((error) => typeof error === 'string')
    .join('; ')
    .replaceAll(key, '[secret]');
  return `PagerDuty refuses the event: ${words.slice(0, 300) || 'no reason given'}; check the routing key of the channel`;
};

const answerOf = (answer: Answer, key: string): PagerDutyAnswer => {
  if (answer.status === 202) return { outcome: 'accepted' };
  if (answer.status === 400) return { outcome: 'refused', sentence: refusal(answer, key) };
  const limited = answer.status === 429;
  return {
    outcome: 'unavailable',
    sentence: limited ? 'PagerDuty limits the rate' : `PagerDuty answered with status ${answer.status}`,
    afterMs: retryAfterMs(answer) ?? (limited ? PAUSE_MS : null),
  };
};

const failureOf = (error: unknown, aborted: boolean): PagerDutyAnswer => {
  const { type, code } = error as { type?: unknown; code?: unknown };
  const unavailable = (sentence: string): PagerDutyAnswer => ({ outcome: 'unavailable', sentence, afterMs: null });
  if (aborted || type === 'request-timeout' || type === 'body-timeout')
    return unavailable('PagerDuty did not answer in time');
  if (type === 'invalid-json') return unavailable('PagerDuty answered with something that is not JSON');
  return unavailable(
    typeof code === 'string' ? `PagerDuty cannot be reached (${code})` : 'the connection to PagerDuty broke',
  );
};

/**
 * PagerDuty's Events API v2 through @pagerduty/pdjs, whose own timeout does nothing and whose retries of a 429 cannot be
 * switched off: both are bounded here (8 s per request; a 429 comes back after 3 s and 4 requests). `eventsHost` is a
 * host with an optional port; a loopback host without an own `agent` is spoken to without TLS. Never throws.
 */
export const createPagerDutyClient = (options: PagerDutyOptions): PagerDutyClient => {
  const agent = options.agent ?? (LOOPBACK.test(options.eventsHost) ? plainAgent() : undefined);
  return {
    send: async (routingKey, sent, signal) => {
      const call = {
        server: options.eventsHost,
        data: { routing_key: routingKey.reveal(), ...sent },
        timeout: 8_000,
        requestTimeout: 0,
        retryTimeout: options.sdkPauseMs ?? 1_000,
        signal,
        ...(agent ? { agent } : {}),
      };
      try {
        return answerOf(await event(call as never), routingKey.reveal());
      } catch (error) {
        return failureOf(error, signal.aborted);
      }
    },
  };
};
