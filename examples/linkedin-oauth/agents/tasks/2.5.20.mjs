const show = `    {
      method: "GET",
      pattern: "/accounts/:id",
      handle: ({ params }) => {
        const account = services.accounts.find(params.id ?? "");
        return account ? { status: 200, body: accountView(account) } : { status: 404, body: { error: "no such account" } };
      },
    },
`;

export async function work({ copy, edit, sleep }) {
  edit("src/routes/accounts.ts", {
    after: "      handle: () => ({ status: 200, body: services.accounts.all().map(accountView) }),\n    },",
    insert: show,
  });
  await sleep();
  copy("test/routes/show-account.test.ts");
}
