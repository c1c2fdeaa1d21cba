import { start, type Given, type Story } from './nines.ts';

/** A good minute, then the checkout fails for 70 s: an incident has just been opened, and nobody was called yet. */
export const startOutage = async (given: Given = {}): Promise<{ story: Story; id: string }> => {
  const story = await start(given);
  await story.advance('1m');
  story.target('shop/checkout/health', 'fails');
  await story.advance('70s');
  const [open] = await story.app.nines.incidents({ state: 'open', limit: 1 });
  return { story, id: open?.incident.id ?? 'none' };
};
