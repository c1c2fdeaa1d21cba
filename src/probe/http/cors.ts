import { fail } from '../net/reasons.ts';
import type { Assertion, HttpTarget } from '../targets.ts';
import { headerText, type Answer, type Judge, type Show } from './answer.ts';

type Cors = Extract<Assertion, { kind: 'cors' }>;

/** What a browser would send for the page that the assertion speaks of; for OPTIONS that is a preflight. */
export const corsHeaders = ({ method, assertions, degraded }: HttpTarget): Record<string, string> => {
  const cors = [...assertions, ...degraded].find((one) => one.kind === 'cors');
  if (!cors) return {};
  const asked = { 'access-control-request-method': cors.method ?? 'GET' };
  return { origin: cors.origin, ...(method === 'OPTIONS' ? asked : {}) };
};

/** These a preflight allows without naming them. */
const ALWAYS_ALLOWED = new Set(['GET', 'HEAD', 'POST']);

/** Why a page of that origin could not read the answer; null when it could. Fetch standard, CORS check and preflight. */
const obstacle = ({ origin, method, credentials }: Cors, { headers, status, ...answer }: Answer, show: Show) => {
  const allowed = headerText(headers, 'access-control-allow-origin');
  if (allowed === undefined) return 'header access-control-allow-origin was missing';
  const was = `access-control-allow-origin was ${show(allowed)}`;
  if (allowed === '*' && credentials) return `${was}, which does not count with credentials`;
  if (allowed !== '*' && allowed !== origin) return `${was}, expected ${show(origin)}`;
  const sends = headerText(headers, 'access-control-allow-credentials');
  if (credentials && sends !== 'true')
    return `access-control-allow-credentials was ${sends === undefined ? 'missing' : show(sends)}, expected "true"`;
  if (answer.method !== 'OPTIONS') return null;
  if (status < 200 || status > 299) return `the preflight was answered with status ${status}, which allows nothing`;
  const wanted = method ?? 'GET';
  const methods = headerText(headers, 'access-control-allow-methods');
  const named = new Set((methods ?? '').split(',').map((one) => one.trim()));
  const isNamed = named.has(wanted) || (!credentials && named.has('*'));
  if (isNamed || ALWAYS_ALLOWED.has(wanted)) return null;
  return `access-control-allow-methods was ${methods === undefined ? 'missing' : show(methods)}, expected ${wanted} in it`;
};

/** `allowed: false` turns it around: a page of that origin must not be able to read the answer. */
export const corsJudge =
  (cors: Cors, show: Show): Judge =>
  (answer) => {
    const why = obstacle(cors, answer, show);
    if (cors.allowed) return why === null ? null : fail('cors', why);
    const allowed = headerText(answer.headers, 'access-control-allow-origin');
    return why === null
      ? fail('cors', `a page of ${cors.origin} may read the answer: access-control-allow-origin was ${show(allowed)}`)
      : null;
  };
