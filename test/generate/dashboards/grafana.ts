import { createRequire } from 'node:module';
import type * as data from '@grafana/data';

// The package asks the browser for its language while it loads; its ES modules do not load in node.
Object.defineProperty(globalThis, 'navigator', {
  value: { language: 'en-US', languages: ['en-US'], userAgent: 'Node.js' },
  configurable: true,
});

/** Grafana's own code for units, matchers, transformations and display. */
export const grafana = createRequire(import.meta.url)('@grafana/data') as typeof data;

// Transformations look there for switches of the page.
Object.defineProperty(globalThis, 'window', { value: {}, configurable: true });
