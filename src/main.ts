import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { commands, type Command } from './cli/table.ts';

/** The whole table, or one command with what it takes. */
const usageOf = (name: string, { about, details = [], options = {} }: Command): string => {
  const own = details.length > 0 ? details : Object.keys(options).map((option) => `--${option}`);
  return `nines ${name}: ${about}\n${own.length > 0 ? `\nOptions:\n${own.map((line) => `  ${line}`).join('\n')}\n` : ''}\nOptions of every command: nines --help\n`;
};

const USAGE = (): string => {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`);
  return `nines: error budgets, burn-rate alerts and an escalation ladder from one YAML file per system

Usage: nines COMMAND [options]

${lines.join('\n')}

Options of every command that talks to a server or starts one:
  --host ADDRESS   where it listens (NINES_HOST, 127.0.0.1)
  --port PORT      (NINES_PORT, 9700)
  --data FOLDER    what it keeps (NINES_DATA_DIR, ./data)
  --config FOLDER  definitions (./slo)
  --json           print JSON
  --help           this text

Exit codes: 0 fine, 1 error (also: mistakes in the definitions), 2 findings or differences.
`;
};

/** A reader that went away, or a full disk behind a redirection, must not end a server; a command says it by its code. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!('code' in error) || error.code !== 'EPIPE') process.exitCode = 1;
    });
};

const EVERYWHERE = {
  host: { type: 'string' },
  port: { type: 'string' },
  data: { type: 'string' },
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** Throws `invalid_request` with a sentence of ours where Node has one of its own. */
const parsed = async (command: string, args: string[], options: ParseArgsOptionsConfig) => {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (cause) {
    const { flagProblem } = await import('./cli/flags.ts');
    const problem = flagProblem(command, args, options);
    if (problem === null) throw cause;
    const { NinesError } = await import('./errors.ts');
    throw new NinesError('invalid_request', `${problem}.`.replace(/\?\.$/, '?'), { cause });
  }
};

/** argv → a lazily loaded command. Sets the exit code, and ends at once when the command fails; never throws. */
export const main = async (argv: readonly string[]): Promise<void> => {
  outliveReaders();
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') return void process.stdout.write(USAGE());
  if (name === '--version') {
    const { version } = await import('./cli/version.ts');
    return void process.stdout.write(`${version()}\n`);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    process.stderr.write(`nines: unknown_command: there is no command ${JSON.stringify(name)}; see nines --help.\n`);
    process.exitCode = 1;
    return;
  }
  try {
    const { values, positionals } = await parsed(name, rest, { ...EVERYWHERE, ...command.options });
    if (values.help) return void process.stdout.write(usageOf(name, command));
    const extra = positionals[command.words ?? 0];
    if (extra !== undefined) {
      const { NinesError } = await import('./errors.ts');
      throw new NinesError(
        'invalid_request',
        `nines ${name} does not take ${JSON.stringify(extra)}; see nines ${name} --help.`,
      );
    }
    const { run } = await command.load();
    process.exitCode = (await run({ values, positionals, env: process.env })) || process.exitCode;
  } catch (error) {
    const { explain } = await import('./cli/print.ts');
    process.stderr.write(`${explain(error)}\n`);
    // What the command had started by then (threads, a lab) would keep us alive, and the data folder locked.
    process.exit(1);
  }
};

if (import.meta.main) await main(process.argv.slice(2));
