import { verb } from './verb.ts';

export const run = verb('acknowledge');
