import type { Instant } from "../../platform/clock.ts";
import type { Limits } from "../policy/limits.ts";
import type { Role, Scope } from "../policy/scopes.ts";

export interface OldSecret {
  readonly hash: string;
  readonly until: Instant;
}

export interface StoredKey {
  /** SHA-256 of the key's secret, lower-case hexadecimal. */
  readonly hash: string;
  /** The secret before the last rotation, which is taken as well until then. */
  readonly previous?: OldSecret & {
    /** The one before that, where it was rotated again meanwhile. */
    readonly before?: OldSecret;
  };
  readonly tenantId: string;
  readonly role: Role;
  /** For people. */
  readonly name?: string;
  /** What it may do; its role's if not given. */
  readonly scopes?: readonly Scope[];
  /** They narrow its tenant's. */
  readonly limits?: Limits;
  /** The id of the key that made it; none for one that was made in the store itself. */
  readonly createdBy?: string;
  /** Not known of a key that an older version made. */
  readonly createdAt?: Instant;
  /** From then on it is refused; without it, never. */
  readonly expireAt?: Instant;
}

/** A key as it is listed. */
export interface KeyRow extends StoredKey {
  readonly id: string;
  /** Not given where it never was, as far as is known. */
  readonly usedAt?: Instant;
}

/** API keys by their public ids. What one process changes, every other reads at once. */
export interface KeyStore {
  key(id: string): Promise<StoredKey | undefined>;
  /** Stores a new key. */
  saveKey(id: string, key: StoredKey): Promise<void>;
  /** Replaces a key whose hash is `before`; false if there is none, or it has another. */
  changeKey(id: string, before: string, key: StoredKey): Promise<boolean>;
  /** Every key there is, expired ones too, by their ids; of one tenant if it is named. */
  keys(tenantId?: string): Promise<KeyRow[]>;
  /** False if there is none of this id. */
  removeKey(id: string): Promise<boolean>;
  /** Keys, by their ids, were used at these times. Those that are gone are passed over. */
  noteUses(uses: ReadonlyMap<string, Instant>): Promise<void>;
}
