import { lintAssertions } from './lint-assertion.ts';
import type { AssertionKey, AssertionSpec } from './lint-assertion.ts';
import { lintRequest } from './lint-http-request.ts';
import type { HttpSpec } from './lint-http-request.ts';
import type { Path } from './locate.ts';
import type { Tell } from './tell.ts';

export const HTTP_ASSERTIONS: readonly AssertionKey[] = [
  'status',
  'header',
  'json',
  'body',
  'hsts',
  'cors',
  'encoding',
  'certificate',
  'issuer',
  'minVersion',
  'responseTime',
];

/** What only a connection with TLS has. */
const OF_TLS = ['hsts', 'certificate', 'issuer', 'minVersion'] as const;
const OF_BODY = ['body', 'json'] as const;

/** What no schema says about one HTTP probe. */
export const lintHttp = (probe: HttpSpec, at: Path, tell: Tell): void => {
  lintRequest(probe, at, tell);
  lintAssertions(probe, HTTP_ASSERTIONS, at, tell, (assertion, path) => lintAssertion(probe, assertion, path, tell));
  const asked = (['assert', 'degraded'] as const).flatMap((list) =>
    probe[list].flatMap(({ cors }, index) => (cors ? [{ cors, path: [...at, list, index, 'cors'] }] : [])),
  );
  for (const { cors, path } of asked.slice(1))
    if (cors.origin !== asked[0]?.cors.origin || cors.method !== asked[0]?.cors.method)
      tell.error(
        path,
        'cors asks for another origin or method than before: one check sends one; make it another probe',
        {
          key: true,
        },
      );
};

const lintAssertion = (probe: HttpSpec, assertion: AssertionSpec, at: Path, tell: Tell): void => {
  const { cors, encoding } = assertion;
  const isPlain = /^http:/i.test(probe.url);
  for (const key of OF_TLS)
    if (isPlain && assertion[key] !== undefined)
      tell.error([...at, key], `${key} needs an https url: without TLS there is none`, { key: true });
  for (const key of OF_BODY)
    if (probe.method === 'HEAD' && assertion[key] !== undefined)
      tell.error([...at, key], `${key} needs another method: an answer to HEAD has no body`, { key: true });
  if (cors) lintCors(probe, cors, [...at, 'cors'], tell);
  const isByHand = Object.keys(probe.headers).some((name) => name.toLowerCase() === 'accept-encoding');
  if (encoding && encoding !== 'identity' && !isByHand && !probe.compression?.includes(encoding))
    tell.error([...at, 'encoding'], `encoding ${encoding} needs compression: [${encoding}], or it is not asked for`);
};

const lintCors = (probe: HttpSpec, cors: NonNullable<AssertionSpec['cors']>, at: Path, tell: Tell): void => {
  const origin = URL.parse(cors.origin)?.origin;
  if (origin !== cors.origin || origin === 'null')
    tell.error(
      [...at, 'origin'],
      `cors.origin must be an origin such as https://app.example.org, got ${JSON.stringify(cors.origin)}`,
    );
  if (cors.method === undefined) return;
  if (!/^[A-Z]{1,20}$/.test(cors.method))
    tell.error([...at, 'method'], `cors.method must be a method such as DELETE, got ${JSON.stringify(cors.method)}`);
  else if (probe.method !== 'OPTIONS')
    tell.error([...at, 'method'], 'cors.method needs method: OPTIONS: only a preflight asks for a method', {
      key: true,
    });
};
