import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NinesError } from '../errors.ts';
import type { Actor } from '../incident/timeline.ts';
import type { Secret } from '../secret.ts';
import { cleanName, cookieText, createSessions, readCookie, sameText } from './session.ts';
import type { Session } from './session.ts';

/**
 * What a route asks of its caller; `read` where a route says nothing, so a forgotten one is closed, not open.
 * open: anyone · read: see · scrape: see numbers · act: change the state of incidents · ingest: beats, happenings, alerts · visit: make us visit an
 * address that the caller names · agent: fetch targets, which hold secrets, and report on them.
 */
export type Need = 'open' | 'read' | 'scrape' | 'act' | 'ingest' | 'visit' | 'agent';

/** Who asks. `bearer` is which token came with the request; a session counts for changes only with its CSRF token. */
export type Caller = { bearer: 'people' | 'ingest' | 'agent' | null; session: Session | null };

declare module 'fastify' {
  interface FastifyContextConfig {
    need?: Need;
    /** Alerts, webhooks, beats: never limited, never shed. */
    inbound?: boolean;
    /** Answers with pages: an unknown caller is sent to the login. */
    page?: boolean;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

export type AuthOptions = {
  tokens: { people: Secret; ingest: Secret };
  /** Null: no agent may join. */
  agentToken: Secret | null;
  loginRequired: boolean;
  /** Two servers on one host share cookies, so each names its own. */
  cookieName: string;
  secureCookies: boolean;
  now: () => number;
  randomToken: () => string;
};

const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

const sentCsrf = (request: FastifyRequest): string => {
  const header = request.headers['x-csrf-token'];
  if (typeof header === 'string') return header;
  const field = (request.body as { csrf?: unknown } | undefined)?.csrf;
  return typeof field === 'string' ? field : '';
};

/** Two tokens, one signed session cookie, and which of them each route wants. */
export const createAuth = (options: AuthOptions) => {
  const { tokens, agentToken, loginRequired, cookieName, secureCookies } = options;
  const sessions = createSessions(tokens.people);

  const identify = (request: FastifyRequest): Caller => {
    const bearer = bearerOf(request);
    const cookie = readCookie(request.headers.cookie, cookieName);
    const session = cookie ? sessions.open(cookie, options.now()) : undefined;
    return {
      bearer: bearerKind(bearer),
      // A session that was free on loopback is worth nothing once a login is asked for.
      session: session && (session.kind === 'login' || !loginRequired) ? session : null,
    };
  };

  const bearerKind = (bearer: string | undefined): Caller['bearer'] => {
    if (bearer === undefined) return null;
    if (sameText(bearer, tokens.people.reveal())) return 'people';
    if (sameText(bearer, tokens.ingest.reveal())) return 'ingest';
    return agentToken && sameText(bearer, agentToken.reveal()) ? 'agent' : null;
  };

  const allows = (need: Need, { bearer, session }: Caller): boolean => {
    switch (need) {
      case 'open':
        return true;
      case 'read':
        return !loginRequired || bearer === 'people' || session !== null;
      case 'act':
        return bearer === 'people' || session !== null;
      case 'ingest':
        return bearer === 'people' || bearer === 'ingest' || session !== null;
      case 'scrape':
      case 'visit':
        return !loginRequired || bearer === 'people' || bearer === 'ingest' || session !== null;
      case 'agent':
        return bearer === 'agent';
    }
  };

  const agentRefusal = ({ bearer }: Caller): NinesError => {
    if (agentToken === null)
      return new NinesError('forbidden', 'No agent may join this Nines: set NINES_AGENT_TOKEN, here and at the agent.');
    return bearer === null
      ? new NinesError('unauthorized', 'The token of this agent is not the NINES_AGENT_TOKEN of the Nines it joins.')
      : new NinesError('forbidden', 'Only an agent may do this, with NINES_AGENT_TOKEN; targets hold secrets.');
  };

  const refusal = (need: Need, caller: Caller): NinesError => {
    if (need === 'agent') return agentRefusal(caller);
    if (caller.bearer === 'agent')
      return new NinesError('forbidden', 'The token of agents is for fetching targets and reporting on them alone.');
    if (need === 'act' && caller.bearer === 'ingest')
      return new NinesError('forbidden', 'The ingest token may not change incidents; use NINES_TOKEN.');
    const name = need === 'ingest' || need === 'scrape' || need === 'visit' ? 'NINES_INGEST_TOKEN' : 'NINES_TOKEN';
    return new NinesError('unauthorized', `Send "Authorization: Bearer …" with ${name}.`);
  };

  const setSession = (reply: FastifyReply, session: Session): Session => {
    void reply.header('set-cookie', cookieText(cookieName, sessions.seal(session), secureCookies));
    return session;
  };

  return {
    loginRequired,
    csrf: (session: Session | null): string | null => session && sessions.csrf(session),
    /** True for the people token, compared in constant time. */
    isPeopleToken: (token: string): boolean => sameText(token, tokens.people.reveal()),
    startSession: (reply: FastifyReply, kind: Session['kind'], name: string): Session =>
      setSession(reply, { id: options.randomToken(), kind, name: cleanName(name), at: options.now() }),
    rename: (reply: FastifyReply, session: Session, name: string): Session =>
      setSession(reply, { ...session, name: cleanName(name) }),
    endSession: (reply: FastifyReply): void =>
      void reply.header('set-cookie', cookieText(cookieName, '', secureCookies)),

    /** Before all other hooks: also who is refused by one of them sees a page, which says who they are. */
    identify(app: FastifyInstance): void {
      app.decorateRequest('caller', null as unknown as Caller);
      app.addHook('onRequest', async (request) => {
        request.caller = identify(request);
      });
    },

    /** Refuses before the body is read; forms and CSRF are judged once it is. */
    guard(app: FastifyInstance): void {
      // Only failures are counted, so nobody who is known is ever slowed down by somebody who guesses.
      const failures = app.createRateLimit({ max: 120, timeWindow: '1 minute', allowList: () => false });
      app.addHook('onRequest', async (request, reply) => {
        const { need = 'read', page = false } = request.routeOptions.config;
        // A browser says when another site makes it post; no form of ours ever comes from there.
        const isChange = request.method !== 'GET' || need === 'visit';
        if (isChange && request.headers['sec-fetch-site'] === 'cross-site')
          throw new NinesError('forbidden', 'Another site may not change anything here.');
        if (allows(need, request.caller)) return undefined;
        const failed = await failures(request);
        if (!failed.isAllowed && failed.isExceeded)
          throw new NinesError('too_many_requests', 'Too many requests without a valid token; wait a minute.');
        if (page) return reply.redirect(`/login?next=${encodeURIComponent(pageOf(request))}`, 303);
        throw refusal(need, request.caller);
      });
      app.addHook('preValidation', async (request) => {
        const { need = 'read' } = request.routeOptions.config;
        if (need !== 'act' && need !== 'ingest') return;
        const { bearer, session } = request.caller;
        if (bearer === 'people' || (need === 'ingest' && bearer === 'ingest')) return;
        if (!session || !sameText(sentCsrf(request), sessions.csrf(session)))
          throw new NinesError(
            'forbidden',
            'This page is older than your session; load it again and repeat what you did.',
          );
      });
    },
  };
};
export type Auth = ReturnType<typeof createAuth>;

// A form's address is no page; the page it stands on is one segment up.
const pageOf = (request: FastifyRequest): string =>
  request.method === 'GET' ? request.url : request.url.split('?')[0]!.replace(/\/[^/]*$/, '') || '/';

/** Who did it, as timelines and channels name them. `by` wins; a session knows its name; a token is called by its door. */
export const actorOf = (request: FastifyRequest, by: string | undefined): Actor => {
  const door = request.routeOptions.config.page ? 'page' : request.headers['x-nines-door'] === 'cli' ? 'cli' : 'api';
  const name = cleanName(by ?? '') || request.caller.session?.name || (door === 'cli' ? 'command line' : 'API');
  return { name, door };
};
