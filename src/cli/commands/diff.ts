import { NinesError } from '../../errors.ts';
import { compare } from '../../files/differences.ts';
import { planIn } from '../../files/own.ts';
import { placeIn } from '../../files/output.ts';
import { diffMarkdown, diffText } from '../../generate/diff.ts';
import { generatedFor } from '../generated.ts';
import { print, printJson } from '../print.ts';
import type { Run } from '../table.ts';

const FORMATS = ['text', 'json', 'markdown'] as const;

/** What `nines generate` would change, in words first; 0 = nothing, 2 = something. */
export const run: Run = async (invocation) => {
  const { values } = invocation;
  const format = values['json'] === true ? 'json' : FORMATS.find((one) => one === (values['format'] ?? 'text'));
  if (!format)
    throw new NinesError(
      'config_invalid',
      `--format must be ${FORMATS.join(', ')}; got ${JSON.stringify(values['format'])}.`,
    );
  const { files, inScope } = await generatedFor(invocation);
  const against = typeof values['against'] === 'string' ? values['against'] : '.';
  const place = placeIn(against);
  const { differences, changes, pairs } = compare(
    place,
    files,
    planIn(place, files, { inScope, adopt: false }),
    inScope,
  );
  if (format === 'json') printJson({ same: differences.length === 0, changes, differences });
  else if (format === 'markdown') print(diffMarkdown(changes, differences, pairs).trimEnd());
  else print(differences.length === 0 ? 'Nothing differs.' : diffText(changes, differences, pairs));
  return differences.length === 0 ? 0 : 2;
};
