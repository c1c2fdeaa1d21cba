#!/usr/bin/env node
// The command line: src/main.ts in a checkout, dist/main.js in an installed package; on Node 26 either way.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { onOrphaned } from './orphan.js';

if (Number(process.versions.node.split('.')[0]) < 26) {
  process.argv.splice(2, 0, fileURLToPath(import.meta.url));
  await import('./run.js');
} else {
  if (process.env.NINES_LAUNCHED && process.channel) {
    process.on('disconnect', () => process.exit(1));
    process.channel.unref();
  }
  onOrphaned(() => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.exit(1), 5_000).unref();
  });
  module.enableCompileCache?.();
  const source = new URL('../src/main.ts', import.meta.url);
  const { main } = await import(existsSync(source) ? source.href : new URL('../dist/main.js', import.meta.url).href);
  await main(process.argv.slice(2));
}
