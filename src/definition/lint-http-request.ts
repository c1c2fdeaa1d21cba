import type { ActiveProbeSpec } from './catalog.ts';
import type { Path } from './locate.ts';
import { isHttpUrl } from './meaning.ts';
import { referencesIn } from './resolve.ts';
import type { Tell } from './tell.ts';

export type HttpSpec = Extract<ActiveProbeSpec, { kind: 'http' }>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** What an HTTP probe sends, and through what. */
export const lintRequest = (probe: HttpSpec, at: Path, tell: Tell): void => {
  lintUrl(probe, 'https://api.example.org/health', at, tell);
  lintBody(probe, at, tell);
  lintProxy(probe, at, tell);
  lintAuth(probe, at, tell);
  lintHeaders(probe.headers, at, tell);
  for (const name of Object.keys(probe.headers)) {
    const path: Path = [...at, 'headers', name];
    const said = name.toLowerCase();
    if (said === 'authorization' && probe.auth)
      tell.error(path, `header ${name} is what auth sends; leave one of them out`, { key: true });
    if (said === 'accept-encoding' && probe.compression)
      tell.error(path, `header ${name} is what compression sends; leave one of them out`, { key: true });
  }
};

/** Names and values that HTTP allows. */
export const lintHeaders = (headers: Readonly<Record<string, string>>, at: Path, tell: Tell): void => {
  for (const [name, value] of Object.entries(headers)) {
    const path: Path = [...at, 'headers', name];
    if (!TOKEN.test(name))
      tell.error(path, `header ${JSON.stringify(name)} is no name that HTTP allows`, { key: true });
    // oxlint-disable-next-line no-control-regex -- control characters are what a header must not hold
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
      tell.error(path, `header ${name} must not hold line breaks or control characters`);
  }
};

/** What a reference will hold is not known here, so only the written beginning can be judged. */
const isAddress = (text: string): boolean =>
  referencesIn(text).length > 0 ? /^(?:\$\{|https?:\/\/)/i.test(text) : isHttpUrl(text);

const holdsCredentials = (text: string): boolean =>
  referencesIn(text).length === 0 && /^https?:\/\/[^/?#]*@/i.test(text);

/** `example` is one that fits. */
export const lintUrl = ({ url }: { url: string }, example: string, at: Path, tell: Tell): void => {
  const path: Path = [...at, 'url'];
  if (!isAddress(url)) tell.error(path, `url must be an http or https address such as ${example}`);
  else if (holdsCredentials(url))
    tell.error(path, 'url must not hold a user or a password; send them as a header with a reference');
};

const lintBody = (probe: HttpSpec, at: Path, tell: Tell): void => {
  if (probe.graphql) {
    if (probe.body !== undefined)
      tell.error([...at, 'body'], 'body is what graphql sends; leave one of them out', { key: true });
    if (tell.isWritten([...at, 'method']) && probe.method !== 'POST')
      tell.error([...at, 'method'], `method must be POST, which graphql sends anyway, got ${probe.method}`);
  } else if (probe.body !== undefined && (probe.method === 'GET' || probe.method === 'HEAD'))
    tell.warn([...at, 'body'], `body is sent with ${probe.method}, which many servers do not read`, { key: true });
};

const lintProxy = ({ proxy }: HttpSpec, at: Path, tell: Tell): void => {
  if (proxy === undefined) return;
  const path: Path = [...at, 'proxy'];
  const url = URL.parse(proxy);
  const isWhole = url !== null && url.protocol === 'http:' && url.pathname === '/' && url.search + url.hash === '';
  const isWrong = referencesIn(proxy).length > 0 ? !/^(?:\$\{|http:\/\/)/i.test(proxy) : !isWhole;
  if (isWrong) tell.error(path, 'proxy must be an address such as http://proxy.example.org:3128');
  else if (holdsCredentials(proxy))
    tell.error(path, 'proxy must not hold a written user or password; put references there: http://${env:USER}:…');
};

const lintAuth = ({ auth }: HttpSpec, at: Path, tell: Tell): void => {
  if (!auth || !('oauth2' in auth)) return;
  const path: Path = [...at, 'auth', 'oauth2', 'tokenUrl'];
  const { tokenUrl } = auth.oauth2;
  if (!isAddress(tokenUrl))
    tell.error(path, 'tokenUrl must be an http or https address such as https://login.example.org/oauth2/token');
  else if (holdsCredentials(tokenUrl))
    tell.error(path, 'tokenUrl must not hold a user or a password; clientId and clientSecret are sent');
  else if (/^http:\/\/(?!localhost[:/]|127\.|\[::1\])/i.test(tokenUrl))
    tell.warn(path, 'tokenUrl is not https: the client secret would travel readable');
};
