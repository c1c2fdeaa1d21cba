// node bin/run.js test/chaos/kill.ts [ROUNDS]: kills the server at that many moments of the story and prints what people saw.
import { tellStory } from './story.ts';

const rounds = Number(process.argv[2] ?? 10);
console.log('whole', JSON.stringify(await tellStory(null)));
let bad = 0;
for (let round = 0; round < rounds; round++) {
  const killAfterMs = Math.round((round / rounds) * 12_000) + 100;
  const told = await tellStory(killAfterMs);
  const duplicates = told.roots - 1 + told.broadcasts - 1;
  const fine =
    told.pagerduty.triggered === 1 &&
    told.incidents.length === 1 &&
    duplicates >= 0 &&
    duplicates <= Math.min(1, told.counted);
  if (!fine) bad++;
  console.log(`killed at ${killAfterMs} ms: ${fine ? 'fine' : 'BAD'}`, JSON.stringify(told));
}
console.log(
  `${rounds - bad} of ${rounds} rounds changed nothing that people saw, but at most one counted duplicate each`,
);
process.exitCode = bad === 0 ? 0 : 1;
