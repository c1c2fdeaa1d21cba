import type { GeneratedFile } from '../generate/file.ts';

// Characters. Beyond it a text is made anew when it is asked for again: time for memory.
const MOST_HELD = 64 * 1024 * 1024;

/** The same files, whose texts are made once where there is room to keep them: most are asked for twice. */
export const remembered = (files: readonly GeneratedFile[], mostHeld = MOST_HELD): readonly GeneratedFile[] => {
  let room = mostHeld;
  return files.map((file) => {
    let held: readonly string[] | undefined;
    return {
      ...file,
      *chunks() {
        if (held) {
          yield* held;
          return;
        }
        const kept: string[] = [];
        let length = 0;
        for (const chunk of file.chunks()) {
          length += chunk.length;
          if (length <= room) kept.push(chunk);
          yield chunk;
        }
        if (length > room || held) return;
        room -= length;
        held = [kept.join('')];
      },
    };
  });
};
