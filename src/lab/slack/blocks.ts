/** A Block Kit block that passed `checkBlocks`. */
export type Block = Readonly<Record<string, unknown>> & { type: string; block_id?: string };

type Fields = Readonly<Record<string, unknown>>;
type Report = (reason: string, pointer: string) => void;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const checkString = (value: unknown, max: number, pointer: string, report: Report): void => {
  if (typeof value !== 'string') report('must be a string', pointer);
  else if (value.length === 0) report('must be more than 0 characters', pointer);
  else if (value.length > max) report(`must be less than ${max + 1} characters`, pointer);
};

const checkOptional = (value: unknown, max: number, pointer: string, report: Report): void => {
  if (value !== undefined) checkString(value, max, pointer, report);
};

const checkText = (value: unknown, kinds: readonly string[], max: number, pointer: string, report: Report): void => {
  if (!isObject(value)) return report('must be a text object', pointer);
  if (!kinds.includes(String(value['type']))) report(`must be ${kinds.join(' or ')}`, `${pointer}/type`);
  checkString(value['text'], max, `${pointer}/text`, report);
};

const PLAIN = ['plain_text'];
const ANY_TEXT = ['plain_text', 'mrkdwn'];

const checkUrl = (value: unknown, pointer: string, report: Report): void => {
  checkString(value, 3_000, pointer, report);
  if (typeof value === 'string' && !URL.canParse(value)) report('must be a valid URL', pointer);
};

const checkButton = (button: Fields, pointer: string, report: Report): void => {
  checkText(button['text'], PLAIN, 75, `${pointer}/text`, report);
  checkOptional(button['action_id'], 255, `${pointer}/action_id`, report);
  checkOptional(button['value'], 2_000, `${pointer}/value`, report);
  if (button['url'] !== undefined) checkUrl(button['url'], `${pointer}/url`, report);
  if (button['style'] !== undefined && button['style'] !== 'primary' && button['style'] !== 'danger')
    report('must be primary or danger', `${pointer}/style`);
  if (button['confirm'] === undefined) return;
  if (!isObject(button['confirm'])) return report('must be a confirmation object', `${pointer}/confirm`);
  checkText(button['confirm']['title'], PLAIN, 100, `${pointer}/confirm/title`, report);
  checkText(button['confirm']['text'], ANY_TEXT, 300, `${pointer}/confirm/text`, report);
};

const checkImage = (image: Fields, pointer: string, report: Report): void => {
  checkUrl(image['image_url'], `${pointer}/image_url`, report);
  checkString(image['alt_text'], 2_000, `${pointer}/alt_text`, report);
};

const checkList = (
  value: unknown,
  max: number,
  pointer: string,
  report: Report,
  each: (item: Fields, pointer: string) => void,
): void => {
  if (!Array.isArray(value) || value.length === 0) return report('must be a list with at least 1 item', pointer);
  if (value.length > max) report(`no more than ${max} items allowed`, pointer);
  for (const [index, item] of value.entries()) {
    if (isObject(item)) each(item, `${pointer}/${index}`);
    else report('must be an object', `${pointer}/${index}`);
  }
};

const checkActions = (block: Fields, pointer: string, report: Report): void => {
  const seen = new Set<unknown>();
  checkList(block['elements'], 25, `${pointer}/elements`, report, (element, at) => {
    if (element['type'] !== 'button') return report(`unsupported type: ${String(element['type'])}`, `${at}/type`);
    checkButton(element, at, report);
    const id = element['action_id'];
    if (id !== undefined && seen.has(id)) report('action_id already exists in this block', `${at}/action_id`);
    seen.add(id);
  });
};

const checkSection = (block: Fields, pointer: string, report: Report): void => {
  if (block['text'] === undefined && block['fields'] === undefined) report('must define text or fields', pointer);
  if (block['text'] !== undefined) checkText(block['text'], ANY_TEXT, 3_000, `${pointer}/text`, report);
  if (block['fields'] !== undefined)
    checkList(block['fields'], 10, `${pointer}/fields`, report, (field, at) =>
      checkText(field, ANY_TEXT, 2_000, at, report),
    );
  const accessory = block['accessory'];
  if (accessory === undefined) return;
  if (!isObject(accessory)) report('must be an object', `${pointer}/accessory`);
  else if (accessory['type'] === 'button') checkButton(accessory, `${pointer}/accessory`, report);
  else if (accessory['type'] === 'image') checkImage(accessory, `${pointer}/accessory`, report);
  else report(`unsupported type: ${String(accessory['type'])}`, `${pointer}/accessory/type`);
};

const checkContext = (block: Fields, pointer: string, report: Report): void =>
  checkList(block['elements'], 10, `${pointer}/elements`, report, (element, at) =>
    element['type'] === 'image' ? checkImage(element, at, report) : checkText(element, ANY_TEXT, 3_000, at, report),
  );

// Limits: https://docs.slack.dev/reference/block-kit/blocks
const KINDS: Readonly<Record<string, (block: Fields, pointer: string, report: Report) => void>> = {
  header: (block, pointer, report) => checkText(block['text'], PLAIN, 150, `${pointer}/text`, report),
  section: checkSection,
  context: checkContext,
  actions: checkActions,
  divider: () => undefined,
  image: checkImage,
  markdown: (block, pointer, report) => checkString(block['text'], 12_000, `${pointer}/text`, report),
};

/** What Slack would find wrong, as it words it; empty when the blocks are good. */
export const checkBlocks = (blocks: readonly unknown[]): string[] => {
  const reasons: string[] = [];
  const report: Report = (reason, pointer) => reasons.push(`${reason} [json-pointer:${pointer}]`);
  if (blocks.length > 50) report('no more than 50 items allowed', '/blocks');
  const ids = new Set<unknown>();
  for (const [index, block] of blocks.entries()) {
    const pointer = `/blocks/${index}`;
    const check = isObject(block) ? KINDS[String(block['type'])] : undefined;
    if (!isObject(block) || !check) {
      report(`unsupported type: ${isObject(block) ? String(block['type']) : typeof block}`, pointer);
      continue;
    }
    check(block, pointer, report);
    const id = block['block_id'];
    checkOptional(id, 255, `${pointer}/block_id`, report);
    if (id !== undefined && ids.has(id)) report('block_id already exists', `${pointer}/block_id`);
    ids.add(id);
  }
  return reasons;
};
