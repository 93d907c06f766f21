import type { LinkedInClient } from "../linkedin/client.js";

export interface ProbeResult {
  readonly reachable: boolean;
  /** Milliseconds since 1970. */
  readonly checkedAt: number;
}

const keepMs = 60_000;

/** Tells whether LinkedIn answers; asks at most once a minute, however often health is asked for. */
export class LinkedInProbe {
  #last: ProbeResult | null = null;

  constructor(
    private readonly client: LinkedInClient,
    private readonly now: () => number,
  ) {}

  async check(): Promise<ProbeResult> {
    const now = this.now();
    if (this.#last && now - this.#last.checkedAt < keepMs) return this.#last;
    this.#last = { reachable: await this.answers(), checkedAt: now };
    return this.#last;
  }

  /** A refusal is an answer, too: the probe has no member's token to show. */
  private async answers(): Promise<boolean> {
    try {
      return (await this.client.get("/userinfo", "probe")).status < 500;
    } catch {
      return false;
    }
  }
}
