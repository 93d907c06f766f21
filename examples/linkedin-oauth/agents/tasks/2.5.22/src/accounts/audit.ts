export interface AuditEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly accountId: string;
  readonly what: string;
}

/** What happened to accounts, oldest first. Entries are only ever added. */
export class AuditTrail {
  readonly #entries: AuditEntry[] = [];

  constructor(private readonly now: () => number) {}

  record(accountId: string, what: string): void {
    this.#entries.push({ at: this.now(), accountId, what });
  }

  read(accountId: string): AuditEntry[] {
    return this.#entries.filter((entry) => entry.accountId === accountId);
  }
}
