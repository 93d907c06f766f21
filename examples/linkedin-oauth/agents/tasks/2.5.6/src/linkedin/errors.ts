/** `denied`: asking again is no use. `expired`: new tokens are needed. `throttled`, `down`: later may work. */
export type LinkedInErrorKind = "denied" | "expired" | "throttled" | "down" | "unexpected";

export class LinkedInError extends Error {
  constructor(
    readonly kind: LinkedInErrorKind,
    message: string,
    /** How long LinkedIn asks to be left alone; null when it did not say. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

/** Turns an answer that is no success into an error that says what can be done about it. */
export function errorFrom(reply: { status: number; body: unknown; retryAfter: string | null }): LinkedInError {
  const message = `LinkedIn answered ${reply.status}${describe(reply.body)}`;
  if (reply.status === 429) return new LinkedInError("throttled", message, seconds(reply.retryAfter));
  if (reply.status >= 500) return new LinkedInError("down", message, seconds(reply.retryAfter));
  if (reply.status === 401 || errorCode(reply.body) === "invalid_grant") return new LinkedInError("expired", message);
  if (reply.status === 400 || reply.status === 403) return new LinkedInError("denied", message);
  return new LinkedInError("unexpected", message);
}

function errorCode(body: unknown): string | null {
  return typeof body === "object" && body !== null && "error" in body && typeof body.error === "string"
    ? body.error
    : null;
}

function describe(body: unknown): string {
  const code = errorCode(body);
  return code === null ? "" : ` (${code})`;
}

function seconds(text: string | null): number | null {
  const value = Number(text ?? "none");
  return Number.isFinite(value) && value >= 0 ? value * 1000 : null;
}
