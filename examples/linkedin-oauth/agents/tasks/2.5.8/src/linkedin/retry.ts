import { LinkedInError } from "./errors.js";

export interface RetryOptions {
  /** How often to try in all. */
  readonly attempts: number;
  readonly wait: (ms: number) => Promise<void>;
}

const defaultPauseMs = 1_000;
const longestPauseMs = 60_000;

/** Tries again while LinkedIn is throttling or down; every other error is final and thrown at once. */
export async function retryThrottled<T>(call: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= options.attempts || !mayPass(error)) throw error;
      const pause = error.retryAfterMs ?? defaultPauseMs * 2 ** (attempt - 1);
      await options.wait(Math.min(pause, longestPauseMs));
    }
  }
}

function mayPass(error: unknown): error is LinkedInError {
  return error instanceof LinkedInError && (error.kind === "throttled" || error.kind === "down");
}
