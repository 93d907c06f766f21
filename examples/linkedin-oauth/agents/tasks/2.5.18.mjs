export async function work({ copy, edit, sleep }) {
  copy("src/tokens/access-tokens.ts");
  await sleep();
  copy("test/tokens/access-tokens.test.ts");
  edit("src/services.ts", {
    after: 'import { readLinkedInSettings } from "./linkedin/settings.js";',
    insert: 'import { AccessTokens } from "./tokens/access-tokens.js";\n',
  });
  edit("src/services.ts", { after: "  readonly vault: Vault;", insert: "  readonly tokens: AccessTokens;\n" });
  edit("src/services.ts", {
    after: '  const vault = new Vault(env.VAULT_SECRET ?? "only for development");',
    insert: "  const tokens = new AccessTokens({ accounts, vault, linkedin, now });\n",
  });
  edit("src/services.ts", { after: "    vault,", insert: "    tokens,\n" });
}
