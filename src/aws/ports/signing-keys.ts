/** A key of signed URLs. */
export interface SigningKey {
  /** A fingerprint of the secret, which may be shown. */
  id: string;
  /** 32 bytes as base64url. Never shown, logged or put into a plan. */
  secret: string;
}

/** Two keys live at a time, so that URLs that are out stay good when the key changes. */
export interface SigningKeys {
  current: SigningKey;
  previous?: SigningKey;
}

/** Secrets as they are stored. */
export interface SigningSecrets {
  current: string;
  previous?: string;
}

export interface StoredKeys {
  /** Undefined when the store holds none. */
  keys: SigningKeys | undefined;
  /** Version of the store, to be named by the next write. */
  etag: string;
}

/** The entry `signing` of a key value store, which the viewer function reads. */
export interface SigningKeysPort {
  /** @throws AppError KEYS_MALFORMED */
  read(storeArn: string): Promise<StoredKeys>;
  /**
   * Replaces the keys by secrets. A read that follows may not see them yet: what was written is what is returned.
   * Throws `Refused` (stale) when the store changed since.
   */
  write(storeArn: string, secrets: SigningSecrets, etag: string): Promise<SigningKeys>;
}
