/** One entry of the operating system's keychain, or why there is none on this machine. */
export type Keychain =
  | {
      readonly _tag: "Open"
      /** Characters an entry holds at most; undefined where that is no concern. */
      readonly longest: number | undefined
      readonly read: () => Promise<string | undefined>
      readonly write: (text: string) => Promise<void>
      readonly remove: () => Promise<boolean>
    }
  | { readonly _tag: "None"; readonly why: string }

/** Windows keeps 2,560 octets (CRED_MAX_CREDENTIAL_BLOB_SIZE), and a character takes two of them. */
const longestOn = (platform: NodeJS.Platform): number | undefined => (platform === "win32" ? 1280 : undefined)

/** What keychains show as the owner of an entry. */
const service = "mailferry"

/**
 * macOS Keychain, Windows Credential Manager, or the Secret Service of a Linux desktop. The library is native code and
 * loaded only here. Left to itself it falls back to the kernel's keyring on Linux, which is empty after a reboot, so the
 * Secret Service is demanded by name; without one the constructor throws.
 */
export const openKeychain = async (account: string): Promise<Keychain> => {
  try {
    const { AsyncEntry } = await import("@napi-rs/keyring")
    const entry = new AsyncEntry(service, account, { linux: { store: "secret-service" } })
    return {
      _tag: "Open",
      longest: longestOn(process.platform),
      read: async () => (await entry.getPassword()) ?? undefined,
      write: (text) => entry.setPassword(text),
      remove: () => entry.deletePassword()
    }
  } catch (cause) {
    if (!(cause instanceof Error)) return { _tag: "None", why: String(cause) }
    const missing = "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND"
    return { _tag: "None", why: missing ? "@napi-rs/keyring is not installed" : cause.message }
  }
}
