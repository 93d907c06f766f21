import assert from "node:assert/strict";
import { test } from "node:test";
import { summarizeTokens } from "../../src/health/token-summary.js";
import { anAccount, noon, testServices } from "../support.js";

test("tokens are counted by freshness, accounts without any are left out", () => {
  const { vault } = testServices();
  const ends = (accessExpiresAt: number) => anAccount({ sealedTokens: vault.seal(JSON.stringify({ accessExpiresAt })) });
  const accounts = [ends(noon + 3_600_000), ends(noon + 3_600_000), ends(noon + 1), ends(noon), anAccount()];
  assert.deepEqual(summarizeTokens(accounts, vault, noon), { fresh: 2, due: 1, expired: 1 });
});
