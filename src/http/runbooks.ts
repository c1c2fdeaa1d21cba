import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { isRunbookPage } from '../definition/runbook.ts';
import { sectionOf, titleOf } from '../web/parts/markdown.ts';

export type Runbook = { name: string; title: string; text: string };

/** By name, without `.md`. What is not in here is not served, so no path leads out of the folders. */
export type Runbooks = ReadonlyMap<string, Runbook>;

/** The page that `/runbooks` shows: what every alert of ours means. */
export const FIRST = 'README';

/** Of the package: pages about alerts, and those that the shipped catalog names. */
const SHIPPED = fileURLToPath(new URL('../../docs/runbooks', import.meta.url));

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && isRunbookPage(entry.name))
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
};

/** All pages of the package, and over them those of `folders`; a folder that is not there holds none. Read once, at the start. */
export const readRunbooks = (...folders: readonly string[]): Runbooks =>
  new Map(
    [SHIPPED, ...folders].flatMap((folder) =>
      namesIn(folder).map((file) => {
        const name = file.slice(0, -'.md'.length);
        const text = readFileSync(join(folder, file), 'utf8');
        return [name, { name, title: titleOf(text) ?? name, text }] as const;
      }),
    ),
  );

/** The page of the package about alerts, which a team's own page of that name must not take away. */
let shippedFirst: string | undefined;
const firstOfPackage = (): string => (shippedFirst ??= readFileSync(join(SHIPPED, `${FIRST}.md`), 'utf8'));

/**
 * The runbook that an address names: `gateway-down.md` a page; `error-budget-burn` a page too, or else the section of the
 * first page with this anchor, the team's own before that of the package. Undefined when there is none.
 */
export const runbookAt = (runbooks: Runbooks, asked: string): Runbook | undefined => {
  const name = asked.replace(/\.md$/, '');
  const found = runbooks.get(name);
  if (found !== undefined || name !== asked || runbooks.size === 0) return found;
  const sections = [runbooks.get(FIRST)?.text ?? '', firstOfPackage()].map((text) =>
    sectionOf(text, name, `${FIRST}.md`),
  );
  const text = sections.find((section) => section !== null) ?? null;
  return text === null ? undefined : { name, title: titleOf(text) ?? name, text };
};
