import { html } from '../html.ts';
import { layout } from '../parts/layout.ts';
import type { Frame } from '../view.ts';

/** A refusal for people: what happened in one sentence, a way on, the code for whoever is asked. */
export const errorPage = (frame: Frame, refused: { status: number; code: string; message: string }): string => {
  const title = refused.status === 404 ? 'Not found' : refused.status >= 500 ? 'That did not work' : 'Not done';
  return layout(
    frame,
    title,
    html`<h1>${title}</h1>
      <p class="lead">${refused.message}</p>
      <p><a class="button" href="/">See what is going on now</a></p>
      <p class="fine">${refused.status} · <code>${refused.code}</code></p>`,
    { live: false },
  );
};
