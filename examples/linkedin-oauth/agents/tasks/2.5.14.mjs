export async function work({ copy, edit, sleep }) {
  copy("src/routes/callback.ts");
  await sleep();
  copy("test/routes/callback.test.ts");
  edit("src/app.ts", {
    after: 'import { accountRoutes } from "./routes/accounts.js";',
    insert: 'import { callbackRoutes } from "./routes/callback.js";\n',
  });
  edit("src/app.ts", { after: "    ...accountRoutes(services),", insert: "    ...callbackRoutes(services),\n" });
}
