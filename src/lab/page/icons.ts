import { html } from './html.ts';
import type { Html } from './html.ts';

const PATHS = {
  nines: html`<path d="M5 17V7l10 10V7" /><circle cx="19" cy="16" r="1.4" />`,
  hash: html`<path d="M9 4 7 20M17 4l-2 16M4 9h17M3 15h17" />`,
  triggered: html`<path d="M12 3 2.5 20h19zM12 10v4M12 17v.01" />`,
  acknowledged: html`<circle cx="12" cy="12" r="9" /><path d="m8 12 3 3 5-6" />`,
  resolved: html`<path d="m2 13 4 4 8-10M11 16l1 1 9-10" />`,
  high: html`<path d="m6 12 6-6 6 6M6 18l6-6 6 6" />`,
  low: html`<path d="m6 9 6 6 6-6" />`,
  broken: html`<path d="M13 2 5 13h6l-1 9 9-12h-6z" />`,
} as const;
export type IconName = keyof typeof PATHS;

/** Decoration beside a word, never instead of one. */
export const icon = (name: IconName): Html =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
