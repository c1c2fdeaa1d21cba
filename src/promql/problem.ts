/** A stretch of the text: `from` is the offset of its first UTF-16 unit, `to` of the first one after it. */
export type Span = { readonly from: number; readonly to: number };

/** What is wrong with an expression: where (UTF-16 units) and, in one sentence for its author, what to do about it. */
export type Problem = { readonly offset: number; readonly length: number; readonly message: string };

export const problemAt = ({ from, to }: Span, message: string): Problem => ({
  offset: from,
  length: Math.max(0, to - from),
  message,
});
