import type { Services } from "../services.js";
import type { Account, TokenSet } from "../types.js";

/** Forgets the tokens, and tells LinkedIn to do so as well where it can be reached. */
export async function disconnectAccount(services: Services, account: Account): Promise<Account> {
  // Forgotten first: whatever LinkedIn answers, the service acts for this member no more.
  const disconnected: Account = { ...account, status: "disconnected", sealedTokens: null };
  services.accounts.save(disconnected);

  if (account.sealedTokens !== null) {
    const tokens = JSON.parse(services.vault.open(account.sealedTokens)) as TokenSet;
    const revoked = await revoke(services, tokens.accessToken);
    services.audit.record(account.id, revoked ? "disconnected" : "disconnected, but LinkedIn did not confirm");
  }
  return disconnected;
}

async function revoke(services: Services, token: string): Promise<boolean> {
  try {
    return (await services.linkedin.postForm("/revoke", { token })).status === 200;
  } catch {
    return false;
  }
}
