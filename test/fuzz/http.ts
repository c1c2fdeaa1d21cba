// Our parser against node:http, on the same generated answers: node bin/run.js test/fuzz/http.ts [count] [seed]
import { compare } from './compare.ts';
import type { View } from './oracle.ts';

const [count = 100_000, seed = Math.floor(Math.random() * 2 ** 32)] = process.argv.slice(2).map(Number);
const { whole, classes, unexplained } = await compare(count, seed);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
print(`${count} answers, seed ${seed}: ${whole.both} whole and ${whole.neither} broken for both`);
for (const [name, times] of Object.entries(classes)) print(`${name.padEnd(34)} ${times}`);
print(`${'not explained'.padEnd(34)} ${unexplained.length}`);
const SHOWN: readonly (keyof View)[] = ['status', 'headers', 'body', 'error', 'said'];
for (const { bytes, ours, nodes } of unexplained.slice(0, 12)) {
  print(JSON.stringify(bytes.length > 500 ? `${bytes.slice(0, 400)} … ${bytes.slice(-100)}` : bytes));
  for (const key of SHOWN) {
    const [our, node] = [JSON.stringify(ours[key]), JSON.stringify(nodes[key])];
    if (our !== node) print(`  ${key}: ours ${our.slice(-200)}, node:http ${node.slice(-200)}`);
  }
}
process.exitCode = unexplained.length > 0 ? 1 : 0;
