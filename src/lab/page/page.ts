import type { Faults } from '../faults.ts';
import type { Account } from '../pagerduty/account.ts';
import type { Workspace } from '../slack/workspace.ts';
import { drawFaults } from './faults.ts';
import { html } from './html.ts';
import type { Html, Part } from './html.ts';
import { icon } from './icons.ts';
import type { IconName } from './icons.ts';
import { drawPagerduty } from './pagerduty.ts';
import { drawSlack } from './slack.ts';

/** In the order of the cascade. */
export const STYLES = ['lab.css', 'faults.css', 'slack.css', 'pagerduty.css', 'wide.css'] as const;

export type View = {
  faults: Faults;
  workspace: Workspace;
  account: Account;
  routingKeys: Readonly<Record<string, string>>;
  /** Whether Nines stands in front, so that `/` is its page. */
  behindNines: boolean;
};

const pill = (anchor: string, alarm: IconName | null, count: number, words: string): Html =>
  html`<li class="${alarm ? 'alarm' : 'calm'}">
    <a href="#${anchor}"><b>${alarm ? icon(alarm) : null}${count}</b> ${words}</a>
  </li>`;

const tally = ({ faults, workspace, account }: View): Part => {
  const broken = faults.list().filter((fault) => fault.on).length;
  const messages = workspace.channels.reduce((sum, channel) => sum + channel.messages.length, 0);
  const open = account.incidents.filter((incident) => incident.status !== 'resolved').length;
  return [
    pill('faults', broken > 0 ? 'broken' : null, broken, 'broken'),
    pill('slack', null, messages, messages === 1 ? 'Slack message' : 'Slack messages'),
    pill('pagerduty', open > 0 ? 'triggered' : null, open, open === 1 ? 'open page' : 'open pages'),
  ];
};

/** The whole page. `data-live` parts are what lab.js exchanges. */
export const labPage = (view: View): string => {
  const { faults, workspace, account, routingKeys } = view;
  return html`<!doctype html>
    <html lang="en" id="top">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Lab · Nines</title>
        <link rel="icon" href="data:," />
        ${STYLES.map((file) => html`<link rel="stylesheet" href="/lab/assets/${file}" />`)}
        <script src="/lab/assets/lab.js" defer></script>
      </head>
      <body>
        <a class="skip" href="#slack">Skip to what arrived</a>
        <header class="top">
          <div class="brand">
            <h1>${icon('nines')}Nines lab</h1>
            <p>Stand-ins of the world outside. Break one and watch who is told, and how.</p>
            ${view.behindNines ? html`<a class="home" href="/">Back to Nines</a>` : null}
          </div>
          <nav aria-label="Parts of the lab">
            <ul id="tally" data-live>
              ${tally(view)}
            </ul>
          </nav>
          <p id="live" class="live" role="status"></p>
          <noscript
            ><p class="live">
              This page does not refresh itself without JavaScript. <a class="link" href="/lab">Reload</a>
            </p></noscript
          >
        </header>
        <main>
          <section id="faults" class="faults" aria-label="Faults" data-live>${drawFaults(faults)}</section>
          <section id="slack" class="window slack" aria-label="Slack" data-live>${drawSlack(workspace)}</section>
          <section id="pagerduty" class="window pagerduty" aria-label="PagerDuty" data-live>
            ${drawPagerduty(account, routingKeys)}
          </section>
        </main>
      </body>
    </html>`.markup;
};
