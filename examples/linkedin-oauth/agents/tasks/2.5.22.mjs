export async function work({ copy, edit, sleep }) {
  copy("src/accounts/audit.ts");
  await sleep();
  copy("test/accounts/audit.test.ts");
  edit("src/services.ts", {
    after: 'import { AccountStore } from "./store.js";',
    insert: 'import { AuditTrail } from "./accounts/audit.js";\n',
  });
  edit("src/services.ts", { after: "  readonly accounts: AccountStore;", insert: "  readonly audit: AuditTrail;\n" });
  edit("src/services.ts", { after: "    accounts,", insert: "    audit: new AuditTrail(now),\n" });
}
