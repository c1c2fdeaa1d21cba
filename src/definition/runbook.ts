import { nearest } from './near.ts';
import type { Path } from './locate.ts';
import type { LinksDocument, SystemDocument } from './spec/document.ts';
import type { Tell } from './tell.ts';

/** Whether a file is a page that Nines serves at `/runbooks`. */
export const isRunbookPage = (file: string): boolean => /^[\w-]+\.md$/.test(file);

/** An address of its own, not one below `runbooks`. */
export const isAddress = (runbook: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(runbook);

/** Runbooks become links on pages: an address in one must be one that a browser may open, and no way out of its folder. */
export const lintRunbook = (runbook: string | undefined, at: Path, tell: Tell): void => {
  if (runbook === undefined) return;
  const path: Path = [...at, 'runbook'];
  if (isAddress(runbook)) {
    if (!/^https?:\/\//i.test(runbook))
      tell.error(path, 'runbook must be an http or https address, or relative to runbooks');
  } else if (/(?:^|[\\/])\.\.(?:[\\/?#]|$)/.test(runbook))
    tell.error(path, 'runbook must not hold "..": it is a link to a page below runbooks, and no file is read for it');
};

/**
 * Runbooks that Nines itself would have to serve, and that are not there. `pages` are the file names that it serves; what
 * stands below an address of the user's own is not known here.
 */
export const lintRunbookPages = (
  system: SystemDocument,
  links: LinksDocument | undefined,
  pages: ReadonlySet<string>,
  tell: Tell,
): void => {
  if (system.runbooks !== undefined || links?.runbooks !== undefined) return;
  const lint = (runbook: string | undefined, at: Path): void => {
    const page = runbook?.replace(/^\/+/, '').replace(/[?#].*$/, '');
    if (page === undefined || isAddress(page) || page === '') return;
    const file = page.endsWith('.md') ? page : `${page}.md`;
    if (pages.has(file)) return;
    if (!isRunbookPage(file)) {
      const names = 'names of letters, digits, - and _, and in no folder';
      tell.warn([...at, 'runbook'], `runbook ${page} is no page that Nines can serve: it serves ${names}`);
      return;
    }
    const meant = nearest(file, pages);
    tell.warn(
      [...at, 'runbook'],
      `runbook ${page} is no page that Nines serves; ${meant ? `did you mean ${meant}?` : `put ${file} into the folder runbooks beside your definitions`}`,
    );
  };
  system.services.forEach((service, index) => {
    service.slos.forEach(({ runbook }, entry) => lint(runbook, ['services', index, 'slos', entry]));
    service.conditions.forEach(({ runbook }, entry) => lint(runbook, ['services', index, 'conditions', entry]));
  });
};
