export async function work({ copy, edit, sleep }) {
  copy("src/oauth/pending.ts");
  await sleep();
  copy("test/oauth/pending.test.ts");
  edit("src/services.ts", {
    after: 'import { Vault } from "./vault.js";',
    insert: 'import { PendingConnections } from "./oauth/pending.js";\n',
  });
  edit("src/services.ts", {
    after: "  readonly now: () => number;",
    insert: "  readonly pending: PendingConnections;\n",
  });
  edit("src/services.ts", { after: "    now,", insert: "    pending: new PendingConnections(now),\n" });
}
