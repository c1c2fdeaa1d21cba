import { isDeepStrictEqual } from 'node:util';
import { nodes, ours, type View } from './oracle.ts';
import { answerOf, createDice, type Case } from './responses.ts';

/** One answer that was seen differently; `bytes` as latin1. */
export type Difference = { bytes: string; ours: View; nodes: View };

type Explains = (difference: Difference) => boolean;

const seen = ({ status, headers, body, error }: View): unknown => [status, { ...headers }, body, error];

const alike = (a: View, b: View): boolean => isDeepStrictEqual(seen(a), seen(b));

/** node:http loses a field of this name; so that other differences can be told apart from it. */
const withoutProto = (view: View): View => {
  const { __proto__: _, ...headers } = view.headers as Record<string, never>;
  return { ...view, headers };
};

/** Of a header that comes again after the 1,000th, node:http has the first values. */
const beginsWith = (all: View['headers'][string], some: View['headers'][string]): boolean =>
  String(all).startsWith(String(some));

const refusesStart = ({ said }: View): boolean => said.includes('HTTP/1.0 or 1.1');

/** Every way in which our parser may differ from node:http; docs/decisions/0011 gives the reasons. The first that fits counts. */
export const DIFFERENCES: Record<string, Explains> = {
  'field named __proto__': ({ ours, nodes }) => alike(withoutProto(ours), nodes),
  'version 0.9 or 2.0': ({ bytes, ours }) => refusesStart(ours) && /HTTP\/(?:0\.9|2\.0) /.test(bytes),
  'status below 100': ({ bytes, ours }) => refusesStart(ours) && /HTTP\/1\.[01] 0[0-9]{0,2}/.test(bytes),
  'error in a line that is not over': ({ ours, nodes }) =>
    ours.error === 'reset' && nodes.error === 'protocol' && alike({ ...withoutProto(ours), error: 'protocol' }, nodes),
  'error told a little sooner': ({ bytes, ours, nodes }) =>
    nodes.error === 'reset' &&
    alike(ours, { ...nodes, error: 'protocol' }) &&
    /(?:HTTP\/[0-9.]*|(?:content-length|transfer-encoding):[ \t]*\r\n)$/i.test(bytes),
  'header after the 1,000th': ({ ours, nodes }) =>
    Object.keys(nodes.headers).length > 900 &&
    Object.entries(nodes.headers).every(([name, value]) => beginsWith(ours.headers[name], value)) &&
    alike({ ...ours, headers: nodes.headers }, nodes),
  'hint with Connection: close': ({ nodes }) => nodes.status === null && nodes.said.startsWith('HPE_CLOSED_CONNECTION'),
  'head near 64 KiB': ({ bytes, ours }) => bytes.length > 60_000 && ours.error === 'too-large',
  'tab after chunked': ({ bytes }) => /transfer-encoding:[^\r]*chunked *\t[\t ]*\r/i.test(bytes),
};

const bytesOf = ({ parts }: Case): string => Buffer.concat(parts).toString('latin1');

/** Shows `count` generated answers to both, and sorts what they saw differently. */
export const compare = async (count: number, seed: number) => {
  const dice = createDice(seed);
  const classes: Record<string, number> = Object.fromEntries(Object.keys(DIFFERENCES).map((name) => [name, 0]));
  const unexplained: Difference[] = [];
  const whole = { both: 0, neither: 0 };
  for (let index = 0; index < count; index++) {
    const one = answerOf(dice);
    const pair = { ours: ours(one.parts, one.toHead), nodes: await nodes(one.parts, one.toHead) };
    if (alike(pair.ours, pair.nodes)) {
      whole[pair.ours.error === null ? 'both' : 'neither']++;
      continue;
    }
    const difference = { bytes: bytesOf(one), ...pair };
    const name = Object.keys(DIFFERENCES).find((key) => DIFFERENCES[key]?.(difference));
    if (name === undefined) unexplained.push(difference);
    else classes[name] = (classes[name] ?? 0) + 1;
  }
  return { whole, classes, unexplained };
};
