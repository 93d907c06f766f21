import type { LinkedInClient } from "./client.js";
import { LinkedInError, errorFrom } from "./errors.js";

export interface Profile {
  readonly memberId: string;
  readonly name: string;
}

export async function fetchProfile(client: LinkedInClient, accessToken: string): Promise<Profile> {
  const reply = await client.get("/userinfo", accessToken);
  if (reply.status !== 200) throw errorFrom(reply);
  const { sub, name } = (reply.body ?? {}) as { sub?: unknown; name?: unknown };
  if (typeof sub !== "string" || sub === "") throw new LinkedInError("unexpected", "LinkedIn sent a profile without an id");
  return { memberId: sub, name: typeof name === "string" ? name : sub };
}
