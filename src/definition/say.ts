import { z } from 'zod';
import type { Aim, Path } from './locate.ts';
import { nearest } from './near.ts';
import { duration } from './spec/scalars.ts';

/** One mistake: where in the document, and the sentence. */
export type Mistake = { path: Path; message: string; aim?: Aim };

type Issue = z.core.$ZodIssue;

const LONGEST = 60;
const SENSITIVE = new Set([
  'token',
  'routingKey',
  'headers',
  'body',
  'ca',
  'auth',
  'proxy',
  'clientCertificate',
  'variables',
  'send',
]);

/** `a, b or c` */
export const oneOf = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** The field as people call it: the path behind the last list entry, `noData.after` of `services[0].slos[1].noData.after`. */
export const fieldName = (path: Path): string => {
  const entry = path.findLastIndex((step, index) => typeof step === 'number' && index < path.length - 1);
  const name = path.slice(entry + 1).reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text ? `${text}.${String(step)}` : String(step);
  }, '');
  return name || 'document';
};

/** A value as a message may show it: short, and never one that could be a secret. */
export const shown = (value: unknown, path: Path): string => {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (path.some((step) => SENSITIVE.has(String(step))))
    return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return `a ${typeof value}`;
  const text = typeof value === 'string' ? JSON.stringify(value.replace(/\/\/[^/@\s]*@/, '//…@')) : String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

const TYPES: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'null',
};

/** For `safeParse`: unknown fields bring the known ones with them as their message, for "did you mean", and bare numbers the units that they need. */
export const knownFields = (issue: z.core.$ZodRawIssue): string | undefined => {
  if (issue.code === 'invalid_type' && issue.inst === duration && typeof issue.input === 'number')
    return withUnits(issue.input);
  return issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject
    ? Object.keys(issue.inst.shape).join(' ')
    : undefined;
};

const withUnits = (value: number): string => {
  const [less, more] = value < 100 ? ['s', 'm'] : ['ms', 's'];
  return `must be a length of time with its unit, such as ${value}${less} or ${value}${more}`;
};

/** One issue of a schema → its sentences. */
export const say = (issue: Issue): Mistake[] => {
  if (issue.code !== 'unrecognized_keys') return [sayValue(issue)];
  const known = issue.message.split(' ');
  return issue.keys.map((key) => {
    const meant = nearest(key, new Set(known));
    const hint = meant ? `did you mean ${meant}?` : `known here: ${known.join(', ')}`;
    return { path: [...issue.path, key], message: `${key} is not a known field; ${hint}`, aim: { key: true } };
  });
};

const sayValue = (issue: Issue): Mistake => {
  const { path, demand, input } = deepest(issue);
  const name = fieldName(path);
  if (input === undefined) {
    const options = issue.code === 'invalid_value' ? issue.values.map(String) : optionsOf(issue);
    const choices = options.length > 0 ? ` and must be ${oneOf(options)}` : '';
    return { path, message: `${name} is required${choices}` };
  }
  const hint = quoting(issue, input);
  const isShort = issue.code === 'too_small' && Array.isArray(input) && input.length > 0;
  const got = isShort ? String(input.length) : shown(input, path);
  return { path, message: `${name} ${demand}, got ${got}${hint}` };
};

const quoting = (issue: Issue, input: unknown): string => {
  if (issue.code !== 'invalid_type' || issue.message.startsWith('must')) return '';
  // What PromQL writes in braces, YAML reads as a mapping of names without values.
  if (issue.expected === 'string' && isBare(input)) return '; put it in quotes, since YAML reads braces as a mapping';
  if (issue.expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return '; put it in quotes';
  if (issue.expected === 'number' && typeof input === 'string' && input.trim() !== '' && Number.isFinite(Number(input)))
    return '; leave the quotes out';
  return '';
};

const isBare = (input: unknown): boolean =>
  typeof input === 'object' &&
  input !== null &&
  !Array.isArray(input) &&
  Object.values(input).every((value) => value === null);

/** What is demanded, and of which value: an alternative that fits better than the others is judged inside. */
const deepest = (issue: Issue): { path: Path; demand: string; input: unknown } => {
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.find((errors) => errors.every((error) => error.path.length > 0))?.[0];
    if (inner) return deepest({ ...inner, path: [...issue.path, ...inner.path] });
    // The schema tells the discriminator's path, yet hands over what holds it.
    if (issue.discriminator) {
      const holder: unknown = issue.input;
      const input = typeof holder === 'object' && holder !== null ? Reflect.get(holder, issue.discriminator) : holder;
      return { path: issue.path, demand: demandOf(issue), input };
    }
  }
  return { path: issue.path, demand: demandOf(issue), input: issue.input };
};

const demandOf = (issue: Issue): string => {
  if (issue.message.startsWith('must')) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      if (issue.origin === 'array')
        return `must have at least ${String(issue.minimum)} ${issue.minimum === 1 ? 'entry' : 'entries'}`;
      return `must be ${issue.inclusive ? 'at least' : 'greater than'} ${String(issue.minimum)}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${String(issue.maximum)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(String))}`;
    case 'invalid_union':
      return issue.errors.length > 0 ? demandOfAny(issue) : `must be ${oneOf(optionsOf(issue))}`;
    case 'unrecognized_keys':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return `is not valid (${issue.message})`;
  }
};

const optionsOf = (issue: Issue): string[] =>
  'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];

const demandOfAny = (issue: z.core.$ZodIssueInvalidUnion): string => {
  const demands = leaves(issue).map(demandOf);
  const words = demands.flatMap((demand) => demand.replace(/^must be /, '').split(/, | or /));
  return demands.find((demand) => demand.includes(', or ')) ?? `must be ${oneOf([...new Set(words)])}`;
};

const leaves = (issue: Issue): Issue[] =>
  issue.code === 'invalid_union' ? issue.errors.flatMap((errors) => errors.flatMap(leaves)) : [issue];
