/** Slack answers 200 to nearly everything; `ok` tells (https://docs.slack.dev/apis/web-api/#responses). */
export type Refusal = { ok: false; error: string; response_metadata?: { messages: string[] } };
export type Answer = { ok: true; [field: string]: unknown } | Refusal;

export const refuse = (error: string, reasons: readonly string[] = []): Refusal => ({
  ok: false,
  error,
  ...(reasons.length > 0 ? { response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) } } : {}),
});

export const isRefusal = (value: object): value is Refusal => 'ok' in value && value.ok === false;
