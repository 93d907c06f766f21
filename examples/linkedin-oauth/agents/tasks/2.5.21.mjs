const remove = `    {
      method: "DELETE",
      pattern: "/accounts/:id",
      handle: async ({ params }) => {
        const account = services.accounts.find(params.id ?? "");
        if (!account) return { status: 404, body: { error: "no such account" } };
        await disconnectAccount(services, account);
        return { status: 204 };
      },
    },
`;

export async function work({ copy, edit, sleep }) {
  copy("src/accounts/disconnect.ts");
  await sleep();
  copy("test/routes/disconnect.test.ts");
  edit("src/routes/accounts.ts", {
    after: 'import type { Route } from "../http.js";',
    insert: 'import { disconnectAccount } from "../accounts/disconnect.js";\n',
  });
  edit("src/routes/accounts.ts", {
    after: "export function accountRoutes(services: Services): Route[] {\n  return [",
    insert: remove,
  });
}
