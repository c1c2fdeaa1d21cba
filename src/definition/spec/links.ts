import { z } from 'zod';

const address = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address' })
  .transform((url) => url.replace(/\/+$/, ''));

/**
 * Where people find things: the addresses that generated alerts and dashboards link to. One document for all systems.
 * They stand here literally, because generated files are the same on every machine.
 */
export const links = z.strictObject({
  apiVersion: z.literal('nines/v1'),
  kind: z.literal('Links'),
  /** The pages of Nines. */
  nines: address.default('http://localhost:9700'),
  grafana: address.default('http://localhost:3000'),
  /** What Prometheus scrapes: host and port of Nines as Prometheus reaches it. */
  scrape: z
    .string()
    .regex(/^[a-z0-9.-]+:\d{1,5}$/i, 'must be host:port')
    .default('nines:9700'),
  /** Runbooks of alerts that name none of their own; each kind of alert has a place there: <nines>/runbooks/error-budget-burn, or #error-budget-burn elsewhere. Default: <nines>/runbooks */
  runbooks: address.optional(),
  /**
   * Whether Alertmanager (0.26 or newer) tells an outside service every 5 min that alerting works; that service calls
   * somebody when it hears nothing. Its address is a secret, in a file.
   */
  heartbeat: z.boolean().default(false),
});
