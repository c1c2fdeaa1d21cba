import { MINUTE, SECOND, formatDuration } from '../duration.ts';
import type { Path } from './locate.ts';
import { ms } from './meaning.ts';
import type { PolicySpec } from './meaning.ts';
import type { PoliciesDocument } from './spec/document.ts';
import { lintLeast, lintTwice } from './tell.ts';
import type { Tell } from './tell.ts';

/** An incident must reach a person soon: the system's own recovery gets no longer than this. */
const MOST_OBSERVE_MS = MINUTE;

/** What no schema says about policies and channels. Names of channels are checked over all files (link.ts). */
export const lintPolicies = (document: PoliciesDocument, tell: Tell): void => {
  lintTwice(tell, ['channels'], document.channels);
  lintTwice(tell, ['policies'], document.policies);
  document.policies.forEach((policy, index) => {
    const at: Path = ['policies', index];
    lintLadder(policy.critical, [...at, 'critical'], tell);
    lintLadder(policy.warning, [...at, 'warning'], tell);
    lintLeast(tell, [...at, 'reopen'], 'reopen', policy.reopen, 0);
    if (ms(policy.flappingHold) < ms(policy.hold))
      tell.error(
        [...at, 'flappingHold'],
        `flappingHold must not be shorter than hold (${policy.hold}), got ${policy.flappingHold}`,
      );
  });
};

const lintLadder = (ladder: PolicySpec['critical'], at: Path, tell: Tell): void => {
  lintLeast(tell, [...at, 'repeat'], 'repeat', ladder.repeat, SECOND);
  lintLeast(tell, [...at, 'acknowledgeTimeout'], 'acknowledgeTimeout', ladder.acknowledgeTimeout, SECOND);
  if (ladder.observe !== undefined && ms(ladder.observe) > MOST_OBSERVE_MS)
    tell.error(
      [...at, 'observe'],
      `observe must not be longer than ${formatDuration(MOST_OBSERVE_MS)}, got ${ladder.observe}`,
    );
  ladder.levels.forEach((step, index) => {
    const path: Path = [...at, 'levels', index];
    const before = ladder.levels[index - 1];
    if (before && step.level <= before.level)
      tell.error([...path, 'level'], `level must be above ${before.level}, the level before it, got ${step.level}`);
    if (before && ms(step.after) <= ms(before.after))
      tell.error(
        [...path, 'after'],
        `after must be later than ${before.after}, when L${before.level} begins, got ${step.after}`,
      );
    step.channels.forEach((id, channel) => {
      if (step.channels.indexOf(id) !== channel)
        tell.error([...path, 'channels', channel], `channel ${id} is named twice, so it would be paged twice`);
    });
  });
};
