import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

export type Asset = { path: string; type: string; body: string };

const text = (file: string): string => readFileSync(new URL(`../web/assets/${file}`, import.meta.url), 'utf8');

const hashed = (kind: 'css' | 'js', body: string): Asset => {
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  return { path: `/assets/app.${hash}.${kind}`, type: TYPES[kind], body };
};

/** One sheet in parts; later ones win, and what depends on the width of the screen comes last. */
const SHEETS = ['base', 'controls', 'lists', 'detail', 'charts', 'prose', 'widths'];

/** Named by their content, so a browser keeps them for ever and a new version is a new name. */
export const readAssets = (): { css: Asset; js: Asset; icon: Asset } => ({
  css: hashed('css', SHEETS.map((sheet) => text(`${sheet}.css`)).join('')),
  js: hashed('js', text('app.js')),
  icon: { path: '/assets/icon.svg', type: TYPES.svg, body: text('icon.svg') },
});
export type Assets = ReturnType<typeof readAssets>;
