import { verb } from './verb.ts';

export const run = verb('snooze', ({ values }) => ({ for: values['for'] }));
