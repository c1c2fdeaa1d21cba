import { z } from 'zod';
import type { Problem } from './catalog.ts';
import { readDraft } from './draft.ts';
import type { DefinitionFile } from './draft.ts';
import { knownFields, say } from './say.ts';

const requirement = z.strictObject({
  id: z.string().regex(/^[A-Z]{2,3}-\d{2}$/, 'must be letters and two digits such as DN-65'),
  /** The fact of the source document, in one line of our own words. */
  fact: z.string().min(1),
  /** Whether a machine can check it: whole, in part, or not at all. */
  check: z.enum(['yes', 'partly', 'no']),
  /** Why not, or which part is left to people. */
  because: z.string().min(1).optional(),
});

export const requirements = z.array(requirement);

/** One row of what the catalog was commissioned to watch. */
export type Requirement = z.output<typeof requirement>;

/** requirements.yaml → its rows, or all its mistakes: shape, ids used twice, gaps in a family, a `no` without its reason. */
export const loadRequirements = (
  given: DefinitionFile,
): { requirements: readonly Requirement[]; problems: [] } | { requirements: null; problems: Problem[] } => {
  const { draft, problems } = readDraft(given);
  if (!draft) return { requirements: null, problems };
  const at = (path: readonly PropertyKey[], message: string): Problem => ({
    file: given.file,
    ...draft.locate(path),
    message,
  });
  const parsed = requirements.safeParse(draft.value, { reportInput: true, error: knownFields });
  if (!parsed.success) {
    const mistakes = parsed.error.issues.flatMap(say);
    return { requirements: null, problems: mistakes.map((mistake) => at(mistake.path, mistake.message)) };
  }
  const found: Problem[] = [];
  const next = new Map<string, number>();
  parsed.data.forEach(({ id, check, because }, index) => {
    const [family = '', number = ''] = id.split('-');
    const expected = next.get(family) ?? 1;
    if (Number(number) !== expected)
      found.push(
        at(
          [index, 'id'],
          `id must be ${family}-${String(expected).padStart(2, '0')}, the next of its family, got ${id}`,
        ),
      );
    next.set(family, Number(number) + 1);
    if (check !== 'yes' && because === undefined)
      found.push(at([index], `because is required where check is ${check}`));
  });
  return found.length > 0 ? { requirements: null, problems: found } : { requirements: parsed.data, problems: [] };
};
