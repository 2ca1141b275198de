/** One folder of a mailbox. Its id never changes, with or without immutable ids. */
export class MailFolder {
  readonly id: string
  /** `inbox`, `sentitems`: the name under which it is found in every language. */
  readonly wellKnown: string | undefined
  displayName: string
  parent: MailFolder | undefined
  readonly isHidden: boolean

  constructor(parts: {
    readonly id: string
    readonly displayName: string
    readonly parent: MailFolder | undefined
    readonly isHidden?: boolean
    readonly wellKnown?: string
  }) {
    this.id = parts.id
    this.displayName = parts.displayName
    this.parent = parts.parent
    this.isHidden = parts.isHidden ?? false
    this.wellKnown = parts.wellKnown
  }

  /** Names from under the root down, joined by `/`. */
  get path(): string {
    return this.parent?.parent === undefined ? this.displayName : `${this.parent.path}/${this.displayName}`
  }
}
