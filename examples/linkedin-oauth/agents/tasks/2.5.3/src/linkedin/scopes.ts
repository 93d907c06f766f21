/** What the service asks a member for: who they are, and posting in their name. */
export const requestedScopes = ["openid", "profile", "email", "w_member_social"] as const;

/** Members may grant less than was asked for; these are the ones they left out. */
export function missingScopes(granted: readonly string[]): string[] {
  return requestedScopes.filter((scope) => !granted.includes(scope));
}
