/** Something to ask the issuer or the API. */
export interface Call {
  readonly to: 'issuer' | 'NotesApi';
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: Readonly<Record<string, string>>;
  readonly token?: string;
  /** The browser's cookies go along and may be changed. Everything else travels in bodies and headers. */
  readonly cookies?: boolean;
}

/** A call and its answer. */
export interface Exchange {
  readonly call: Call;
  /** 0 when no answer came. */
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export type Send = (call: Call) => Promise<Exchange>;

/** Sends over the network, with nothing in between. */
export function createSend(addresses: Readonly<Record<Call['to'], string>>): Send {
  return async (call) => {
    const { to, method, path, body, token, cookies } = call;
    const headers = { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { 'Content-Type': 'application/json' }) };
    try {
      const response = await fetch(new URL(path, addresses[to]), {
        method,
        headers,
        ...(body && { body: JSON.stringify(body) }),
        credentials: cookies ? 'include' : 'omit',
        cache: 'no-store',
      });
      const text = await response.text();
      return { call, status: response.status, body: text ? (JSON.parse(text) as Record<string, unknown>) : {} };
    } catch {
      return { call, status: 0, body: {} };
    }
  };
}

/** As much of a secret as it takes to tell it from the next. */
export const brief = (text: string) => (/^[\w.-]{25,}$/.test(text) ? `…${text.slice(-8)}` : text);

/** What was sent or answered, without its secrets. */
export function masked(content: Readonly<Record<string, unknown>> | undefined): string {
  if (!content || Object.keys(content).length === 0) return '';
  const text = JSON.stringify(
    content,
    (name, value: unknown) => {
      if (name.endsWith('password')) return '********';
      return typeof value === 'string' ? brief(value) : value;
    },
    1,
  );
  // Spaces instead of lines: it breaks between members, not within words.
  return text.replace(/\n\s*/g, ' ');
}
