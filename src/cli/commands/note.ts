import { verb } from './verb.ts';

export const run = verb('note', ({ positionals }) => ({ text: positionals.slice(1).join(' ') }));
