import { ApiError, invalidArgument, notFound } from "./ApiError.ts"
import { checkLabelName, labelKey } from "./LabelName.ts"
import { labelPalette } from "./LabelPalette.ts"

/** A label as the API shows it. */
export interface GmailLabel {
  readonly id: string
  readonly name: string
  readonly type: "system" | "user"
  readonly messageListVisibility?: string
  readonly labelListVisibility?: string
  readonly color?: { readonly textColor: string; readonly backgroundColor: string }
}

const hidden = { messageListVisibility: "hide", labelListVisibility: "labelHide" } as const

const systemLabels: ReadonlyArray<GmailLabel> = [
  "CHAT",
  "SENT",
  "INBOX",
  "IMPORTANT",
  "TRASH",
  "DRAFT",
  "SPAM",
  "CATEGORY_FORUMS",
  "CATEGORY_UPDATES",
  "CATEGORY_PERSONAL",
  "CATEGORY_PROMOTIONS",
  "CATEGORY_SOCIAL",
  "STARRED",
  "UNREAD"
].map((id) => ({ id, name: id, type: "system", ...(/^(?:CATEGORY|CHAT)/u.test(id) ? hidden : {}) }))

const visibilities = {
  messageListVisibility: new Set(["show", "hide"]),
  labelListVisibility: new Set(["labelShow", "labelShowIfUnread", "labelHide"])
} as const

const conflict = (): ApiError =>
  new ApiError({ code: 409, message: "Label name exists or conflicts", reason: "aborted" })

const checkedVisibility = (key: keyof typeof visibilities, value: unknown): object => {
  if (value === undefined || value === null) return {}
  if (typeof value !== "string" || !visibilities[key].has(value)) {
    throw invalidArgument(`Invalid value at 'label.${key}' (${JSON.stringify(value)})`)
  }
  return { [key]: value }
}

const checkedColour = (value: unknown): object => {
  if (value === undefined || value === null) return {}
  const { textColor, backgroundColor } = value as Record<string, unknown>
  for (const colour of [textColor, backgroundColor]) {
    if (typeof colour !== "string" || !labelPalette.has(colour.toLowerCase())) {
      throw invalidArgument(`Label color ${String(colour)} is not on the allowed color palette`)
    }
  }
  return { color: { textColor, backgroundColor } }
}

/** The labels of an account, compared without case. */
export class AccountLabels {
  private readonly labels = new Map<string, GmailLabel>(systemLabels.map((label) => [label.id, label]))
  private readonly keys = new Map<string, string>()
  private readonly reserved: ReadonlySet<string>
  private readonly most: number
  private lastNumber = 0

  /** `most`: how many labels the account may have, Gmail's own included. */
  constructor(reserved: ReadonlySet<string>, most: number) {
    this.reserved = reserved
    this.most = most
  }

  get all(): ReadonlyArray<GmailLabel> {
    return [...this.labels.values()]
  }

  has(id: string): boolean {
    return this.labels.has(id)
  }

  get(id: string): GmailLabel {
    const label = this.labels.get(id)
    if (label === undefined) throw notFound()
    return label
  }

  /** The user label of that name, however it is spelt. */
  named(name: string): GmailLabel | undefined {
    const id = this.keys.get(labelKey(name))
    return id === undefined ? undefined : this.labels.get(id)
  }

  create(wanted: Readonly<Record<string, unknown>>): GmailLabel {
    const name = this.freeName(wanted["name"])
    if (this.labels.size >= this.most) {
      throw new ApiError({
        code: 400,
        message: "Too many labels",
        reason: "failedPrecondition",
        status: "FAILED_PRECONDITION"
      })
    }
    this.lastNumber += 1
    const id = `Label_${this.lastNumber}`
    const label: GmailLabel = {
      messageListVisibility: "show",
      labelListVisibility: "labelShow",
      ...this.checkedShow(wanted),
      id,
      name,
      type: "user"
    }
    this.labels.set(id, label)
    this.keys.set(labelKey(name), id)
    return label
  }

  /** `replace`: what is not given goes back to its default, as PUT has it; otherwise it stays, as PATCH has it. */
  change(id: string, wanted: Readonly<Record<string, unknown>>, replace: boolean): GmailLabel {
    const old = this.userLabel(id, "Invalid update request")
    const asked = wanted["name"]
    const renamed = typeof asked === "string" && labelKey(asked) !== labelKey(old.name)
    const name = renamed ? this.freeName(asked) : checkLabelName(asked ?? (replace ? undefined : old.name))
    const shown: Partial<GmailLabel> = replace
      ? { messageListVisibility: "show", labelListVisibility: "labelShow" }
      : old
    const label: GmailLabel = { ...shown, ...this.checkedShow(wanted), id, name, type: "user" }
    this.keys.delete(labelKey(old.name))
    this.keys.set(labelKey(name), id)
    this.labels.set(id, label)
    return label
  }

  /** Only this one: labels below it stay. */
  delete(id: string): void {
    const label = this.userLabel(id, "Invalid delete request")
    this.labels.delete(id)
    this.keys.delete(labelKey(label.name))
  }

  private userLabel(id: string, refusal: string): GmailLabel {
    const label = this.get(id)
    if (label.type === "system") throw invalidArgument(refusal)
    return label
  }

  private freeName(wanted: unknown): string {
    const name = checkLabelName(wanted)
    const key = labelKey(name)
    // Only the first level is compared with the reserved names: Proton/Travel is free where Travel/2020 is not.
    if (this.keys.has(key) || this.reserved.has(key.split("/", 1)[0] ?? "")) throw conflict()
    return name
  }

  private checkedShow(wanted: Readonly<Record<string, unknown>>): object {
    return {
      ...checkedVisibility("messageListVisibility", wanted["messageListVisibility"]),
      ...checkedVisibility("labelListVisibility", wanted["labelListVisibility"]),
      ...checkedColour(wanted["color"])
    }
  }
}
