import { MINUTE } from '../duration.ts';
import type { Path } from './locate.ts';
import { isHttpUrl } from './meaning.ts';
import type { ProbeSpec } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import { lintLeast } from './tell.ts';
import type { Tell } from './tell.ts';

type HttpSpec = Extract<ProbeSpec, { kind: 'http' }>;
type AssertionSpec = HttpSpec['assert'][number];

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// checks[0].state, $.database, data["a.b"], or $ for the whole answer: the paths that probes read.
const JSON_PATH = /^(?:\$|(?:\$\.?)?(?:[^.[\]"]+|\[\d+\]|\["[^"]*"\])(?:\.[^.[\]"]+|\[\d+\]|\["[^"]*"\])*)$/;

/** What no schema says about one HTTP probe. */
export const lintHttp = (probe: HttpSpec, at: Path, tell: Tell): void => {
  lintUrl(probe, at, tell);
  for (const [name, value] of Object.entries(probe.headers)) {
    const path: Path = [...at, 'headers', name];
    if (!TOKEN.test(name))
      tell.error(path, `header ${JSON.stringify(name)} is no name that HTTP allows`, { key: true });
    // oxlint-disable-next-line no-control-regex -- control characters are what a header must not hold
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      tell.error(path, `header ${name} must not hold line breaks or control characters`);
  }
  probe.assert.forEach((assertion, index) => lintAssertion(probe, assertion, [...at, 'assert', index], tell));
};

const lintUrl = (probe: HttpSpec, at: Path, tell: Tell): void => {
  const path: Path = [...at, 'url'];
  const isOpen = referencesIn(probe.url).length > 0;
  // What a reference will hold is not known here, so only the written beginning can be judged.
  const isWrong = isOpen ? !/^(?:\$\{|https?:\/\/)/i.test(probe.url) : !isHttpUrl(probe.url);
  if (isWrong) tell.error(path, 'url must be an http or https address such as https://api.example.org/health');
  else if (!isOpen && /^https?:\/\/[^/?#]*@/i.test(probe.url))
    tell.error(path, 'url must not hold a user or a password; send them as a header with a reference');
};

const lintAssertion = (probe: HttpSpec, assertion: AssertionSpec, at: Path, tell: Tell): void => {
  const kinds = Object.keys(assertion);
  if (kinds.length !== 1) {
    const got = kinds.length === 0 ? 'none' : kinds.join(' and ');
    tell.error(
      at,
      `assert needs exactly one of status, header, json, body, responseTime or certificate in each entry, got ${got}`,
    );
  }
  const { header, json, body, responseTime, certificate } = assertion;
  if (header) {
    const demands = ['equals', 'matches', 'absent'].filter((name) => Object.hasOwn(header, name));
    if (demands.length !== 1)
      tell.error([...at, 'header'], 'header needs exactly one of equals, matches or absent', { key: true });
    lintRegex(header.matches, [...at, 'header', 'matches'], tell);
  }
  if (json && !JSON_PATH.test(json.path))
    tell.error(
      [...at, 'json', 'path'],
      `json.path must be a path such as $.checks[0].status, got ${JSON.stringify(json.path)}`,
    );
  if (body) {
    if ((body.contains === undefined) === (body.matches === undefined))
      tell.error([...at, 'body'], 'body needs exactly one of contains or matches', { key: true });
    lintRegex(body.matches, [...at, 'body', 'matches'], tell);
  }
  lintLeast(tell, [...at, 'responseTime'], 'responseTime', responseTime, 1);
  lintLeast(tell, [...at, 'certificate'], 'certificate', certificate, MINUTE);
  if (certificate !== undefined && probe.url.startsWith('http://'))
    tell.error([...at, 'certificate'], 'certificate needs an https url: without TLS there is none', { key: true });
};

const lintRegex = (pattern: string | undefined, path: Path, tell: Tell): void => {
  if (pattern === undefined) return;
  try {
    RegExp(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /, '').toLowerCase() : 'it cannot be read';
    tell.error(path, `matches must be a regular expression: ${reason}`);
  }
};
