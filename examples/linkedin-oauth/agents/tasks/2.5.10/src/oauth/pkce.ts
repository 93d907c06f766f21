import { createHash, randomBytes } from "node:crypto";

/** 256 random bits as 43 characters, the shortest verifier RFC 7636 allows. */
export function createVerifier(): string {
  return randomBytes(32).toString("base64url");
}

/** The S256 challenge of RFC 7636, section 4.2. */
export function challengeFor(verifier: string): string {
  return createHash("sha256").update(verifier, "ascii").digest("base64url");
}
