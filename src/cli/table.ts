import type { ParseArgsOptionsConfig } from 'node:util';

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>;
export type Invocation = {
  values: Values;
  positionals: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
};
/** Resolves with the exit code. */
export type Run = (invocation: Invocation) => Promise<number>;
export type Command = {
  about: string;
  /** How many words may follow the command; more are a mistake. */
  words?: number;
  options?: ParseArgsOptionsConfig;
  /** What its own options do. */
  details?: readonly string[];
  load: () => Promise<{ run: Run }>;
};

/** What decides which files are generated, and of which form. */
const GENERATING = {
  'prometheus-min': { type: 'string' },
  target: { type: 'string' },
  only: { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;
const GENERATING_DETAILS = [
  '--only KINDS           facts, rules, rule-tests, dashboards, prometheus, alertmanager, grafana, other; divided by commas',
  '--prometheus-min 2.42  the oldest Prometheus that must understand it',
  '--target FORM          prometheus (plain rule files), or prometheusrule (for the operator)',
];

/** Every command; loaded only when called, so that `--help` costs nothing. */
export const commands: Readonly<Record<string, Command>> = {
  serve: { about: 'Run Nines on the definitions in --config', load: () => import('./commands/serve.ts') },
  demo: {
    about: 'Run Nines on the shipped catalog beside stand-ins that you can break (npm start)',
    options: { lab: { type: 'string' }, keep: { type: 'boolean', default: false } },
    details: ['--keep          go on with the data of the last time', '--lab URL       use a lab that runs already'],
    load: () => import('./commands/demo.ts'),
  },
  lab: { about: 'Run the stand-ins alone', load: () => import('./commands/lab.ts') },
  check: {
    about: 'Check the definitions: all mistakes of all files at once',
    options: {
      schema: { type: 'boolean', default: false },
      prometheus: { type: 'string' },
      days: { type: 'string' },
    },
    details: [
      '--schema          print the JSON Schema of the definitions',
      '--prometheus URL  also ask a Prometheus whether it can serve them: retention, input series, cost, loaded rules,',
      '                  how often each alert would have fired. Its token is PROMETHEUS_TOKEN (or PROMETHEUS_TOKEN_FILE).',
      '                  Exit codes: 1 with an error, 2 when the rules loaded there are not those generated, else 0',
      '--days N          count alerts over so many days (7; 0 = do not)',
    ],
    load: () => import('./commands/check.ts'),
  },
  generate: {
    about: 'Write rules, their tests, dashboards and configuration of the definitions',
    options: {
      out: { type: 'string' },
      check: { type: 'boolean', default: false },
      adopt: { type: 'boolean', default: false },
      ...GENERATING,
    },
    details: [
      '--out FOLDER           where they go (the present folder)',
      '--check                write nothing; 2 when a file is not as it should be',
      '--adopt                also replace files that others wrote or changed',
      ...GENERATING_DETAILS,
    ],
    load: () => import('./commands/generate.ts'),
  },
  diff: {
    about: 'What generate would change: in words, then line by line',
    options: { against: { type: 'string' }, format: { type: 'string' }, ...GENERATING },
    details: [
      '--against FOLDER       what to compare with (the present folder)',
      '--format FORM          text, json, or markdown (for a comment on a pull request)',
      ...GENERATING_DETAILS,
    ],
    load: () => import('./commands/diff.ts'),
  },
  publish: {
    about: 'Commit generated files on a branch of another repository',
    options: {
      repo: { type: 'string' },
      branch: { type: 'string' },
      out: { type: 'string' },
      push: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      adopt: { type: 'boolean', default: false },
      ...GENERATING,
    },
    details: [
      '--repo FOLDER          a clone of it; its work tree and index are not touched',
      '--branch NAME          a branch of our own, never the default one',
      '--out FOLDER           where in the repository they go (its top)',
      '--push                 push that branch, never with force',
      '--dry-run              say what would be committed, and stop',
      '--adopt                also replace files that others wrote or changed',
      ...GENERATING_DETAILS,
    ],
    load: () => import('./commands/publish.ts'),
  },
  explain: {
    words: 1,
    about: 'What follows from an SLO: tiers, budget, detection times, who is called: nines explain SLO',
    load: () => import('./commands/explain.ts'),
  },
  coverage: {
    about: 'Which requirements of the catalog are served and proved',
    load: () => import('./commands/coverage.ts'),
  },
  status: {
    about: 'SLOs and probes as they stand now (--retention: how far back each system is kept)',
    options: { retention: { type: 'boolean', default: false } },
    load: () => import('./commands/status.ts'),
  },
  incidents: {
    words: 1,
    about: 'Open incidents (--all: also resolved ones; with an id: its history)',
    options: { all: { type: 'boolean', default: false } },
    load: () => import('./commands/incidents.ts'),
  },
  ack: {
    words: 1,
    about: 'Acknowledge an incident: nines ack ID',
    options: { by: { type: 'string' } },
    load: () => import('./commands/ack.ts'),
  },
  resolve: {
    words: 1,
    about: 'Resolve an incident: nines resolve ID',
    options: { by: { type: 'string' } },
    load: () => import('./commands/resolve.ts'),
  },
  snooze: {
    words: 1,
    about: 'Quiet for a while: nines snooze ID --for 1h',
    options: { by: { type: 'string' }, for: { type: 'string', default: '1h' } },
    load: () => import('./commands/snooze.ts'),
  },
  escalate: {
    words: 1,
    about: 'One level up, now: nines escalate ID (--executive allows L4)',
    options: { by: { type: 'string' }, executive: { type: 'boolean', default: false } },
    load: () => import('./commands/escalate.ts'),
  },
  note: {
    words: 200,
    about: 'Write into the history: nines note ID TEXT',
    options: { by: { type: 'string' } },
    load: () => import('./commands/note.ts'),
  },
  probe: {
    about: 'Check from another place: nines probe --join URL --location NAME',
    options: { join: { type: 'string' }, location: { type: 'string' }, insecure: { type: 'boolean', default: false } },
    details: [
      '--join URL       the Nines that wants it; the token is NINES_AGENT_TOKEN',
      '--location NAME  what the locations of probes call this place',
      '--insecure       also over http:// beyond this machine',
    ],
    load: () => import('./commands/probe.ts'),
  },
  backup: {
    words: 1,
    about: 'Everything Nines keeps in one file, also while it runs: nines backup FILE',
    options: {
      by: { type: 'string' },
      force: { type: 'boolean', default: false },
      verify: { type: 'boolean', default: false },
    },
    details: [
      '--force         replace a file that exists',
      '--verify        look through every page and row first, and write nothing that is damaged',
      '--by NAME       who asks, for the audit',
    ],
    load: () => import('./commands/backup.ts'),
  },
  restore: {
    words: 1,
    about: 'Put a backup in place, while Nines is stopped: nines restore FILE',
    options: { force: { type: 'boolean', default: false } },
    details: ['--force         put the data that is there aside first'],
    load: () => import('./commands/restore.ts'),
  },
  verify: {
    words: 1,
    about: 'Is every page and every row as it must be: nines verify, or a backup: nines verify FILE',
    load: () => import('./commands/verify.ts'),
  },
  doctor: {
    about: 'Is everything reachable and configured: definitions, data, server, channels',
    load: () => import('./commands/doctor.ts'),
  },
};
