import { createRequire } from 'node:module';
import type * as Client from 'prom-client';

// The package's index also loads cluster support, a push gateway and OpenTelemetry's API: 60 ms of CPU for nothing.
const part = createRequire(import.meta.url);

export const Registry = part('prom-client/lib/registry.js') as typeof Client.Registry;
export const Counter = part('prom-client/lib/counter.js') as typeof Client.Counter;
export const Gauge = part('prom-client/lib/gauge.js') as typeof Client.Gauge;
export const Histogram = part('prom-client/lib/histogram.js') as typeof Client.Histogram;
