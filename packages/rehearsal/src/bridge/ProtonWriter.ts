import { randomBytes } from "node:crypto"

import type { AppendMessage } from "../imap/AppendArguments.ts"
import { firstValue } from "../imap/HeaderBlock.ts"
import type { StoreArguments } from "../imap/StoreArguments.ts"
import { type ProtonAccount, type ProtonMessage, SystemLabel } from "../ProtonAccount.ts"

/** A message is in at most one of these, or of the user's folders. */
const systemFolders: ReadonlySet<string> = new Set([
  SystemLabel.inbox,
  SystemLabel.trash,
  SystemLabel.spam,
  SystemLabel.archive,
  SystemLabel.sent,
  SystemLabel.drafts,
  SystemLabel.scheduled
])

/** Expunging there deletes for good. */
const lastStations: ReadonlySet<string> = new Set([SystemLabel.trash, SystemLabel.spam, SystemLabel.drafts])

const newId = (): string => randomBytes(64).toString("base64").replaceAll("+", "-").replaceAll("/", "_")

const levels = (path: string): ReadonlyArray<string> =>
  path.split(/(?<!\\)\//u).map((level) => level.replaceAll("\\/", "/"))

/** `[a, b]` to `[a]` and `[a, b]`. */
const superiors = (path: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  path.map((_, index) => path.slice(0, index + 1))

/** What Bridge asks of Proton's API when a client writes. It changes the account itself. */
export class ProtonWriter {
  private readonly account: ProtonAccount

  constructor(account: ProtonAccount) {
    this.account = account
  }

  /** `Folders/a/b`, with `Folders/a` where that is missing, or `Labels/x`; nothing else can be made. */
  createLabel(name: string): boolean {
    const found = /^(Folders|Labels)\/(.+)$/su.exec(name)
    if (found === null) return false
    const [, place, rest = ""] = found
    if (place === "Labels") this.account.labels.push({ id: newId(), kind: "label", path: [rest] })
    else for (const path of superiors(levels(rest))) this.createFolder(path)
    return true
  }

  private createFolder(path: ReadonlyArray<string>): void {
    const isThere = this.account.labels.some(
      (label) => label.kind === "folder" && label.path.join("\0") === path.join("\0")
    )
    if (!isThere) this.account.labels.push({ id: newId(), kind: "folder", path })
  }

  deleteLabel(id: string): void {
    const at = this.account.labels.findIndex((label) => label.id === id)
    if (at !== -1) this.account.labels.splice(at, 1)
    for (const message of this.account.messages) message.labelIds.delete(id)
  }

  renameLabel(id: string, to: string): boolean {
    const at = this.account.labels.findIndex((label) => label.id === id)
    const label = this.account.labels[at]
    const prefix = label?.kind === "folder" ? "Folders/" : "Labels/"
    if (label === undefined || !to.startsWith(prefix)) return false
    this.account.labels[at] = { ...label, path: levels(to.slice(prefix.length)) }
    return true
  }

  importMessage(appended: AppendMessage, labelId: string, address: string): ProtonMessage {
    const has = (flag: string): boolean => appended.flags.some((each) => each.toLowerCase() === flag)
    const dated = appended.internalDate ?? Date.parse(firstValue(appended.octets, "Date") ?? "")
    const externalId = firstValue(appended.octets, "Message-Id")?.replaceAll(/[<>]/gu, "")
    const message: ProtonMessage = {
      id: newId(),
      labelIds: new Set([labelId, ...(has("\\flagged") ? [SystemLabel.starred] : [])]),
      time: Number.isNaN(dated) ? 0 : Math.floor(dated / 1000),
      unread: !has("\\seen"),
      answered: has("\\answered"),
      forwarded: has("$forwarded") || has("forwarded"),
      ...(externalId === undefined ? {} : { externalId }),
      address,
      raw: appended.octets
    }
    this.account.messages.push(message)
    return message
  }

  /** Into a folder a message moves; a label, or the star, is added to it. */
  file(message: ProtonMessage, labelId: string): void {
    if (this.isFolder(labelId)) {
      for (const each of message.labelIds)
        if (each !== labelId && this.isFolder(each)) message.labelIds.delete(each)
    }
    message.labelIds.add(labelId)
  }

  unfile(message: ProtonMessage, labelId: string): void {
    message.labelIds.delete(labelId)
  }

  expunge(message: ProtonMessage, labelId: string): void {
    message.labelIds.delete(labelId)
    if (!lastStations.has(labelId)) return
    const at = this.account.messages.indexOf(message)
    if (at !== -1) this.account.messages.splice(at, 1)
  }

  setFlags(message: ProtonMessage, { action, flags }: StoreArguments): void {
    const named = new Set(flags.map((flag) => flag.toLowerCase()))
    const next = (flag: string, current: boolean): boolean => {
      if (action === "replace") return named.has(flag)
      return named.has(flag) ? action === "add" : current
    }
    message.unread = !next("\\seen", !message.unread)
    message.answered = next("\\answered", message.answered)
    message.forwarded = next("$forwarded", message.forwarded)
    if (next("\\flagged", message.labelIds.has(SystemLabel.starred)))
      message.labelIds.add(SystemLabel.starred)
    else message.labelIds.delete(SystemLabel.starred)
  }

  private isFolder(labelId: string): boolean {
    return (
      systemFolders.has(labelId) ||
      this.account.labels.some((label) => label.id === labelId && label.kind === "folder")
    )
  }
}
