import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const TYPES = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' } as const;

export type Asset = { path: string; type: string; body: string };

const read = (name: `${string}.${keyof typeof TYPES}`): Asset => {
  const body = readFileSync(new URL(`../web/assets/${name}`, import.meta.url), 'utf8');
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12);
  const [stem, kind] = name.split('.') as [string, keyof typeof TYPES];
  return {
    path: name === 'icon.svg' ? '/assets/icon.svg' : `/assets/${stem}.${hash}.${kind}`,
    type: TYPES[kind],
    body,
  };
};

/** Named by their content, so a browser keeps them for ever and a new version is a new name. */
export const readAssets = () => ({ css: read('app.css'), js: read('app.js'), icon: read('icon.svg') });
export type Assets = ReturnType<typeof readAssets>;
