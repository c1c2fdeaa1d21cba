import type { ServerResponse } from 'node:http';
import type { Change } from '../engine/nines.ts';

const KEPT = 1_000;
const HEARTBEAT_MS = 15_000;
/** A reader that lets this much pile up is gone, or as good as gone. */
const MOST_BUFFERED = 1_000_000;

/**
 * Server-sent events: every change to every open page. Ids are `<start>-<n>`; a reader that comes back with an id of
 * another run, or one that is no longer kept, is told to load everything again (`resync`).
 */
export const createEvents = (startedAt: number) => {
  const ring: { n: number; text: string }[] = [];
  const readers = new Set<ServerResponse>();
  let last = 0;

  const write = (reader: ServerResponse, text: string): void => {
    if (reader.writableLength + text.length > MOST_BUFFERED) {
      readers.delete(reader);
      reader.destroy();
    } else reader.write(text);
  };
  const heartbeat = setInterval(() => {
    for (const reader of readers) write(reader, ': still here\n\n');
  }, HEARTBEAT_MS).unref();

  const missedSince = (lastEventId: string | undefined): string => {
    if (lastEventId === undefined) return '';
    const [run, n] = lastEventId.split('-').map(Number);
    const oldest = ring[0]?.n ?? last + 1;
    if (run !== startedAt || n === undefined || !(n >= oldest - 1 && n <= last))
      return `id: ${startedAt}-${last}\nevent: resync\ndata: {}\n\n`;
    return ring
      .filter((event) => event.n > n)
      .map((event) => event.text)
      .join('');
  };

  return {
    publish(change: Change): void {
      last += 1;
      const text = `id: ${startedAt}-${last}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
      ring.push({ n: last, text });
      if (ring.length > KEPT) ring.shift();
      for (const reader of readers) write(reader, text);
    },
    /** Takes over a response. The first bytes go at once: a browser waits for them before it counts as connected. */
    connect(response: ServerResponse, headers: Record<string, string>, lastEventId: string | undefined): void {
      response.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.on('close', () => readers.delete(response));
      readers.add(response);
      write(response, `retry: 2000\n\n${missedSince(lastEventId)}`);
    },
    readers: (): number => readers.size,
    /** Ends every stream; without it a closing server waits for its readers for ever. */
    close(): void {
      clearInterval(heartbeat);
      for (const reader of readers) reader.end();
      readers.clear();
    },
  };
};
export type Events = ReturnType<typeof createEvents>;
