import type { Problem } from '../../definition/catalog.ts';
import { readDraft } from '../../definition/draft.ts';
import type { Aim } from '../../definition/locate.ts';
import { knownFields, say } from '../../definition/say.ts';
import { parseDuration } from '../../duration.ts';
import type { Reach } from '../../probe/targets.ts';
import { httpModule } from './http-module.ts';
import type { Module, World } from './module.ts';
import { dnsModule, grpcModule, icmpModule, tcpModule } from './other-modules.ts';
import { module as moduleSchema, type ModuleSpec } from './schema.ts';

/** Modules by name. `refused` ones stand in the file and cannot be used: the sentence says why. */
export type Modules = { usable: ReadonlyMap<string, Module>; refused: ReadonlyMap<string, string> };

export type ModulesContext = { allow: Reach['allow']; read: (path: string) => string | undefined };

/** Those of blackbox_exporter's own blackbox.yml that Nines has a probe for; `^+OK` there says no plus sign. */
const BUILT_IN = `modules:
  http_2xx: { prober: http, http: { preferred_ip_protocol: ip4 } }
  http_post_2xx: { prober: http, http: { method: POST } }
  tcp_connect: { prober: tcp }
  pop3s_banner: { prober: tcp, tcp: { query_response: [{ expect: "^\\\\+OK" }], tls: true } }
  grpc: { prober: grpc, grpc: { tls: true, preferred_ip_protocol: ip4 } }
  grpc_plain: { prober: grpc, grpc: { tls: false, service: service1 } }
  ssh_banner: { prober: tcp, tcp: { query_response: [{ expect: "^SSH-2.0-" }, { send: "SSH-2.0-blackbox-ssh-check" }] } }
  icmp: { prober: icmp }
`;

const makers = (spec: ModuleSpec, world: World): Pick<Module, 'checkOf' | 'objection'> => {
  switch (spec.prober) {
    case 'http':
      return httpModule(spec.http, world);
    case 'tcp':
      return tcpModule(spec, world);
    case 'dns':
      return dnsModule(spec, world);
    case 'icmp':
      return icmpModule(spec, world);
    case 'grpc':
      return grpcModule(spec, world);
  }
};

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * An existing blackbox.yml, or the built-in modules when `config` is null. What Nines cannot do is a problem at its
 * key; that module is not used, the others are. Never throws for a text.
 */
export const loadModules = (
  config: { file: string; text: string } | null,
  context: ModulesContext,
): { modules: Modules; problems: Problem[] } => {
  const file = config?.file ?? 'built-in modules';
  const { draft, problems } = readDraft({ file, text: config?.text ?? BUILT_IN });
  if (!draft) return { modules: { usable: new Map(), refused: new Map() }, problems };
  const found: Problem[] = [];
  const tell = (path: readonly PropertyKey[], message: string, aim?: Aim): void =>
    void found.push({ file, ...draft.locate(path, aim), message });
  const written = isMapping(draft.value) ? draft.value['modules'] : undefined;
  if (!isMapping(written)) tell([], 'modules is required and must be a mapping');
  const usable = new Map<string, Module>();
  const refused = new Map<string, string>();
  for (const [name, value] of Object.entries(isMapping(written) ? written : {})) {
    const before = found.length;
    const made = moduleOf(name, value, context, (path, message, aim) => tell(['modules', name, ...path], message, aim));
    const mistakes = found.slice(before).map(({ message }) => message);
    if (made && mistakes.length === 0) usable.set(name, made);
    else refused.set(name, mistakes.join('; '));
  }
  return { modules: { usable, refused }, problems: found };
};

const SECRET = new Set(['password', 'credentials', 'bearer_token', 'client_secret', 'key', 'headers', 'proxy_url']);

const withoutSecret = (path: readonly PropertyKey[], message: string): string =>
  path.some((step) => SECRET.has(String(step))) ? message.replace(/, got [^]*$/, '') : message;

const moduleOf = (
  name: string,
  value: unknown,
  { allow, read }: ModulesContext,
  tell: (path: readonly PropertyKey[], message: string, aim?: Aim) => void,
): Module | null => {
  const parsed = moduleSchema.safeParse(value, { reportInput: true, error: knownFields });
  if (!parsed.success) {
    for (const { path, message, aim } of parsed.error.issues.flatMap(say))
      tell(path, withoutSecret(path, message), aim);
    return null;
  }
  const spec = parsed.data;
  const { checkOf, objection } = makers(spec, { allow, read, report: tell });
  const timeoutMs = spec.timeout === undefined ? null : (parseDuration(spec.timeout) ?? null);
  return { name, prober: spec.prober, timeoutMs, checkOf, objection };
};
