/** Every code that a person can meet. `docs/errors.md` has a row for each; a test compares both ways. */
export const ERROR_CODES = [
  'definition_invalid',
  'definition_unreadable',
  'config_invalid',
  'address_needs_token',
  'port_in_use',
  'data_locked',
  'data_corrupt',
  'data_full',
  'data_on_network_file_system',
  'data_too_new',
  'database_forbidden',
  'database_pooled',
  'database_read_only',
  'database_unsafe',
  'database_unsupported',
  'store_unavailable',
  'commit_conflict',
  'output_not_ours',
  'output_invalid',
  'output_locked',
  'output_unwritable',
  'git_refused',
  'not_found',
  'invalid_request',
  'unauthorized',
  'forbidden',
  'conflict',
  'too_many_requests',
  'server_busy',
  'server_unreachable',
  'unknown_command',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** An unexpected outcome with a stable code and one sentence that says what to do. Expected outcomes are unions. */
export class NinesError extends Error {
  override readonly name = 'NinesError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
