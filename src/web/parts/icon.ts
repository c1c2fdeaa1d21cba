import { html } from '../html.ts';
import type { Html } from '../html.ts';

// One 16-unit grid, one stroke. Each silhouette differs from the others without its colour.
const PATHS = {
  check: html`<circle cx="8" cy="8" r="6.5" /><path d="m5 8.2 2.1 2.1L11 6" />`,
  tick: html`<path d="m3.5 8.4 3 3L12.5 5" />`,
  triangle: html`<path d="M8 2 1.8 13.5h12.4zM8 6.5v3.2M8 11.6v.2" />`,
  octagon: html`<path d="M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4" />`,
  half: html`<circle cx="8" cy="8" r="6.5" /><path d="M8 1.5v13a6.5 6.5 0 0 0 0-13z" class="solid" />`,
  question: html`<circle cx="8" cy="8" r="6.5" /><path d="M6.2 6.3A1.9 1.9 0 1 1 8 8.4v.9M8 11.4v.2" />`,
  dashed: html`<circle cx="8" cy="8" r="6.5" stroke-dasharray="2.6 2.4" />`,
  slash: html`<circle cx="8" cy="8" r="6.5" /><path d="m3.5 12.5 9-9" />`,
  clock: html`<circle cx="8" cy="8" r="6.5" /><path d="M8 4.5V8l2.4 1.6" />`,
  bell: html`<path
    d="M8 1.8a4.2 4.2 0 0 0-4.2 4.2v3L2.3 11.6h11.4L12.2 9V6A4.2 4.2 0 0 0 8 1.8zM6.5 13.8a1.6 1.6 0 0 0 3 0"
  />`,
  person: html`<circle cx="8" cy="5" r="3" /><path d="M2.2 14.3a5.8 5.8 0 0 1 11.6 0" />`,
  moon: html`<path d="M13.5 9.8A6 6 0 1 1 6.2 2.5a4.8 4.8 0 0 0 7.3 7.3z" />`,
  cycle: html`<path d="M13.6 6.2A6 6 0 0 0 2.6 5.6M2.4 9.8a6 6 0 0 0 11 .6M2.3 2.4v3.3h3.3M13.7 13.6v-3.3h-3.3" />`,
  arrow: html`<path d="M3 8h10M9 4l4 4-4 4" />`,
  up: html`<path d="M8 13.5v-11M3.5 7 8 2.5 12.5 7" />`,
  note: html`<path d="M2.5 2.5h11v8l-3.2 3H2.5zM5 6h6M5 9h3.5" />`,
  send: html`<path d="M14 2 7 9M14 2 9.6 14 7 9 2 6.4z" />`,
} as const;
export type IconName = keyof typeof PATHS;

/** Decoration next to a word that says the same; hidden from those who listen. */
export const icon = (name: IconName): Html =>
  html`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    ${PATHS[name]}
  </svg>`;
