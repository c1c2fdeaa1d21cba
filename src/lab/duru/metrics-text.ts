import { MEAN_SEND_SECONDS, SEND_BUCKETS } from './traffic.ts';
import type { Traffic } from './traffic.ts';

const BREAKER_STATES = ['closed', 'open', 'half_open'] as const;

const family = (name: string, type: string, lines: readonly string[]): string[] => [`# TYPE ${name} ${type}`, ...lines];

const sendLines = (traffic: Traffic): string[] =>
  [...traffic.sends].map(([key, count]) => {
    const [platform, result] = key.split('/');
    return `duru_notifications_total{platform="${platform}",result="${result}"} ${Math.floor(count)}`;
  });

const histogramLines = (platform: string, count: number): string[] => {
  const name = 'duru_notification_send_duration_seconds';
  const labels = `platform="${platform}"`;
  return [
    ...SEND_BUCKETS.map(([le, share]) => `${name}_bucket{${labels},le="${le}"} ${Math.floor(count * share)}`),
    `${name}_bucket{${labels},le="+Inf"} ${Math.floor(count)}`,
    `${name}_sum{${labels}} ${(count * MEAN_SEND_SECONDS).toFixed(3)}`,
    `${name}_count{${labels}} ${Math.floor(count)}`,
  ];
};

const latencyLines = (traffic: Traffic): string[] =>
  [...traffic.sends]
    .filter(([key]) => key.endsWith('/accepted'))
    .flatMap(([key, count]) => histogramLines(key.split('/')[0]!, count));

/** Prometheus text 0.0.4 of the notification service, as its contract lists the families. */
export const metricsText = (traffic: Traffic): string => {
  const { down } = traffic;
  const open = down ? 'open' : 'closed';
  return `${[
    ...family('duru_notifications_total', 'counter', sendLines(traffic)),
    ...family('duru_notification_send_duration_seconds', 'histogram', latencyLines(traffic)),
    ...family(
      'duru_circuit_breaker_state',
      'gauge',
      BREAKER_STATES.map(
        (state) => `duru_circuit_breaker_state{breaker="fcm",state="${state}"} ${state === open ? 1 : 0}`,
      ),
    ),
    ...family('duru_circuit_breaker_failures_window', 'gauge', [
      `duru_circuit_breaker_failures_window{breaker="fcm"} ${down ? 5 : 0}`,
    ]),
    ...family('duru_circuit_breaker_opened_total', 'counter', [
      `duru_circuit_breaker_opened_total{breaker="fcm"} ${traffic.breakerOpened}`,
    ]),
    ...family('duru_notification_queue_depth', 'gauge', [`duru_notification_queue_depth ${down ? 412 : 12}`]),
    ...family('duru_notification_queue_oldest_age_seconds', 'gauge', [
      `duru_notification_queue_oldest_age_seconds ${down ? 240 : 4}`,
    ]),
    ...family('duru_webhook_requests_total', 'counter', ['duru_webhook_requests_total{outcome="bad_signature"} 2']),
  ].join('\n')}\n`;
};
