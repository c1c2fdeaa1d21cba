import { refuse } from './answer.ts';
import type { Refusal } from './answer.ts';
import { checkBlocks } from './blocks.ts';
import type { Block } from './blocks.ts';
import type { Content, Metadata } from './workspace.ts';

// Slack does not publish the limit of metadata; this is well below what is seen to be refused.
const METADATA_MAX = 8_000;

const readMetadata = (value: unknown): Metadata | Refusal => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('invalid_metadata_format');
  const { event_type: type, event_payload: payload } = value as Partial<Record<string, unknown>>;
  if (
    typeof type !== 'string' ||
    type === '' ||
    typeof payload !== 'object' ||
    payload === null ||
    Array.isArray(payload)
  )
    return refuse('invalid_metadata_schema', ['metadata needs event_type (text) and event_payload (object)']);
  if (JSON.stringify(value).length > METADATA_MAX) return refuse('metadata_too_large');
  return { event_type: type, event_payload: payload as Record<string, unknown> };
};

/** What a message says, or why Slack would not take it. `markdown_text` excludes text and blocks. */
export const readContent = (given: {
  text?: string;
  blocks?: unknown;
  metadata?: unknown;
  markdown_text?: string;
  attachments?: unknown;
}): Content | Refusal => {
  const { text = '', blocks = [], metadata, markdown_text: markdown, attachments } = given;
  if (!Array.isArray(blocks)) return refuse('invalid_blocks_format');
  if (attachments !== undefined && (!Array.isArray(attachments) || attachments.length > 100))
    return refuse('too_many_attachments');
  if (markdown !== undefined && (text !== '' || blocks.length > 0)) return refuse('markdown_text_conflict');
  if (markdown !== undefined && markdown.length > 12_000) return refuse('msg_too_long');
  const shown = markdown === undefined ? (blocks as unknown[]) : [{ type: 'markdown', text: markdown }];
  if (text === '' && shown.length === 0) return refuse('no_text');
  const reasons = checkBlocks(shown);
  if (reasons.length > 0) return refuse('invalid_blocks', reasons);
  const read = metadata === undefined ? null : readMetadata(metadata);
  if (read && 'ok' in read) return read;
  return { text, blocks: shown as Block[], metadata: read };
};
