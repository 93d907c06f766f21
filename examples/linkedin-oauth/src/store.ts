import type { Account } from "./types.js";

/** Accounts in memory, in the order they were first saved. */
export class AccountStore {
  readonly #accounts = new Map<string, Account>();

  save(account: Account): void {
    this.#accounts.set(account.id, account);
  }

  find(id: string): Account | null {
    return this.#accounts.get(id) ?? null;
  }

  findByMember(memberId: string): Account | null {
    return this.all().find((account) => account.memberId === memberId) ?? null;
  }

  all(): Account[] {
    return [...this.#accounts.values()];
  }
}
