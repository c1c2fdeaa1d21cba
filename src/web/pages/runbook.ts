import { html } from '../html.ts';
import { layout } from '../parts/layout.ts';
import { markdownHtml } from '../parts/markdown.ts';
import type { Frame } from '../view.ts';

type Page = { name: string; title: string; text: string };

/** One runbook. The first one also lists the `others`. */
export const runbookPage = (frame: Frame, page: Page, others: readonly Pick<Page, 'name' | 'title'>[]): string =>
  layout(
    frame,
    page.title,
    html`${others.length === 0 && html`<p class="crumbs"><a href="/runbooks">Runbooks</a></p>`}
      <article class="prose">${markdownHtml(page.text)}</article>
      ${
        others.length > 0 &&
        html`<section class="prose" aria-labelledby="pages">
          <h2 id="pages">Pages</h2>
          <ul>
            ${others.map(({ name, title }) => html`<li><a href="/runbooks/${name}.md">${title}</a></li>`)}
          </ul>
        </section>`
      }`,
    { live: false },
  );
