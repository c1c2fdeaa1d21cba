import { verb } from './verb.ts';

export const run = verb('escalate', ({ values }) => ({ executive: values['executive'] === true }));
