/** One release of Bridge, as far as the wire tells releases apart. */
export interface BridgeProfile {
  /** The build-time name: `Proton Mail Bridge`; distributions say `ProtonMail Bridge` or `ProtonMailBridge`. */
  readonly product: string
  /** Zero-padded, as in the greeting: `03.21.01`. */
  readonly version: string
  /** AUTHENTICATE PLAIN came with 3.16, and Proton can switch it off from afar. */
  readonly authPlain: boolean
}

export const bridge321: BridgeProfile = {
  product: "Proton Mail Bridge",
  version: "03.21.01",
  authPlain: true
}

export const bridge38: BridgeProfile = {
  product: "Proton Mail Bridge",
  version: "03.08.01",
  authPlain: false
}

/** Sorted, as gluon sorts them. STARTTLS never leaves the list, under TLS neither. */
export const allCapabilities = (profile: BridgeProfile): string =>
  `${profile.authPlain ? "AUTH=PLAIN " : ""}ID IDLE IMAP4rev1 MOVE STARTTLS UIDPLUS UNSELECT`

/** What CAPABILITY answers before LOGIN, though the greeting has already told all. */
export const capabilitiesBeforeLogin = (profile: BridgeProfile): string =>
  `${profile.authPlain ? "AUTH=PLAIN " : ""}ID IDLE IMAP4rev1 STARTTLS`

/** `session` counts from 1 since Bridge started. */
export const greetingOf = (profile: BridgeProfile, session: number): string =>
  `* OK [CAPABILITY ${allCapabilities(profile)}] ${profile.product} ${profile.version} - gluon session ID ${session}`

/** Vendor and support URL really are the word TODO in every released Bridge. */
export const idOf = (profile: BridgeProfile): string =>
  `* ID ("name" "${profile.product}" "version" "${profile.version}" "os" "linux" "vendor" "TODO" "support-url" "TODO")`
