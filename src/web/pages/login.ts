import { html } from '../html.ts';
import { layout } from '../parts/layout.ts';
import type { Frame } from '../view.ts';

/** The token is the password of the house; the name is what the timeline will say. */
export const loginPage = (frame: Frame, next: string, failed: boolean): string =>
  layout(
    frame,
    'Sign in',
    html`<h1>Sign in</h1>
      ${failed && html`<p class="banner bad" role="alert">That is not the token. It is the value of <code>NINES_TOKEN</code> on the server.</p>`}
      <form method="post" action="/login" class="sheet">
        <input type="hidden" name="next" value="${next}" />
        <label for="name">Your name</label
        ><input id="name" name="name" maxlength="60" autocomplete="username" required />
        <p class="hint" id="name-hint">Incidents will say that you have them.</p>
        <label for="token">Token</label
        ><input id="token" name="token" type="password" autocomplete="current-password" required />
        <button class="primary">Sign in</button>
      </form>`,
    { bare: true },
  );
