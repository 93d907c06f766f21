import { randomUUID } from "node:crypto";
import type { Profile } from "../linkedin/profile.js";
import type { Services } from "../services.js";
import type { Account, TokenSet } from "../types.js";

/** Saves a connection. A member who connects again keeps the account and gets new tokens. */
export function connectAccount(services: Services, profile: Profile, tokens: TokenSet): Account {
  const known = services.accounts.findByMember(profile.memberId);
  const account: Account = {
    id: known?.id ?? randomUUID(),
    memberId: profile.memberId,
    name: profile.name,
    status: "connected",
    connectedAt: services.now(),
    sealedTokens: services.vault.seal(JSON.stringify(tokens)),
  };
  services.accounts.save(account);
  services.audit.record(account.id, known ? "connected again" : "connected");
  return account;
}
