/** A refusal of the administration API, by its stable code. */
export class AdminError extends Error {
  override readonly name = 'AdminError';

  constructor(
    readonly code: string,
    readonly status: number,
    readonly title: string,
    readonly reasons: readonly string[] = [],
  ) {
    super(title);
  }
}

/** Reads a problem (RFC 9457), or whatever came instead of one. */
export async function problemOf(response: Response): Promise<AdminError> {
  const problem = await response.json().catch(() => ({}));
  const { code, title, detail, reasons } = Object(problem) as Record<string, unknown>;
  const text = [title, detail].filter((part) => typeof part === 'string').join(' ');
  return new AdminError(
    typeof code === 'string' ? code : 'unexpected',
    response.status,
    text || `The issuer answered ${response.status}.`,
    Array.isArray(reasons) ? reasons.map(String) : [],
  );
}
