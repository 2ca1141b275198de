import { type MailboxPath, pathKey, type SpecialUse } from "@mailferry/core/Mailbox.ts"
import type { MailError, Operation } from "@mailferry/core/MailError.ts"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

import type { GraphWire } from "../graph/GraphWire.ts"
import { listAll, readAs } from "../graph/Paged.ts"
import type { Told } from "../graph/Told.ts"

/** A folder as Graph lists it. */
export const GraphFolder = Schema.Struct({
  /** Stays with the folder wherever it is moved; its case matters. */
  id: Schema.String,
  displayName: Schema.String,
  childFolderCount: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  totalItemCount: Schema.optionalKey(Schema.NullOr(Schema.Number)),
  isHidden: Schema.optionalKey(Schema.NullOr(Schema.Boolean))
})
export type GraphFolder = typeof GraphFolder.Type

export interface Folder {
  readonly id: string
  readonly path: MailboxPath
  readonly specialUse: Option.Option<SpecialUse>
  /** Whether no mail is to go there: hidden from its owner, Exchange's own, or below Deleted Items. */
  readonly hidden: boolean
  /** Items of all kinds. */
  readonly total: number
}

/** learn.microsoft.com/graph/api/resources/mailfolder: names for ids, the same in every language. */
const specialUses: Readonly<Record<string, SpecialUse>> = {
  inbox: "inbox",
  sentitems: "sent",
  drafts: "drafts",
  deleteditems: "trash",
  junkemail: "junk",
  archive: "archive"
}

/** What a folder is for, by its name among the well-known ones. */
const useOf = (name: string | undefined): Option.Option<SpecialUse> =>
  Option.fromUndefinedOr(name === undefined ? undefined : specialUses[name])

/** Listed among the others, and not for mail that comes from elsewhere. */
const system: ReadonlyArray<string> = ["outbox", "conversationhistory", "syncissues"]

/** Ids of the folders that have a name of their own, by that name. */
export type WellKnown = ReadonlyMap<string, string>

const Id = Schema.Struct({ id: Schema.String })

/** The most that Graph gives in one page is 1,000; hardly any mailbox has more than this at one level. */
const pageSize = 250

const fields = "id,displayName,childFolderCount,totalItemCount,isHidden"

const listing = `$top=${pageSize}&includeHiddenFolders=true&$select=${fields}`

/** One spelling for comparison: Exchange tells names apart neither by case nor by blanks at their ends. */
export const foldName = (name: string): string => name.normalize("NFC").trim().toLowerCase()

/** The children of one folder, hidden ones too; those of the mailbox itself where there is none. */
export const childrenOf = (wire: GraphWire, told: Told, mailboxPath: string) => {
  const pages = listAll(wire, told)
  const read = readAs(Schema.Array(GraphFolder))
  return (operation: Operation, parent?: string): Effect.Effect<ReadonlyArray<GraphFolder>, MailError> => {
    const below = parent === undefined ? "" : `/${encodeURIComponent(parent)}/childFolders`
    return Effect.flatMap(pages(operation, `${mailboxPath}/mailFolders${below}?${listing}`), (all) =>
      read(operation, all)
    )
  }
}

/** Asks for one folder after another: nine calls, once for a connection. One that is not there (`archive`) has no id. */
export const wellKnownIds = (wire: GraphWire, told: Told, mailboxPath: string) => {
  const read = readAs(Id)
  const idOf = (name: string): Effect.Effect<ReadonlyArray<readonly [string, string]>, MailError> => {
    const path = `${mailboxPath}/mailFolders/${name}?$select=id`
    const call = wire.call("listMailboxes", { method: "GET", path }).pipe(
      Effect.map((answer) => Option.some(answer.json)),
      Effect.catchIf(
        (error) => error._tag === "GraphFailure" && isNoFolder(error.code, error.status),
        () => Effect.succeedNone
      )
    )
    // An answer with nothing in it is no word that there is no such folder.
    return Effect.flatMap(told("listMailboxes", call), (answer) =>
      Option.isNone(answer)
        ? Effect.succeed([])
        : Effect.map(read("listMailboxes", answer.value), ({ id }) => [[name, id] as const])
    )
  }
  return Effect.map(
    Effect.forEach([...Object.keys(specialUses), ...system], idOf),
    (found): WellKnown => new Map(found.flat())
  )
}

/** Not the 404 of a mailbox that is not there. */
const isNoFolder = (code: string, status: number): boolean =>
  status === 404 && /^(?:ErrorItemNotFound|ErrorFolderNotFound|ResourceNotFound|)$/iu.test(code)

/** One spelling of a path for comparison. */
export const keyOf = (path: MailboxPath): string =>
  pathKey([foldName(path[0]), ...path.slice(1).map(foldName)])

/** A child of a folder, or of the mailbox itself. */
export const folderOf = (child: GraphFolder, parent: Folder | undefined, known: WellKnown): Folder => {
  const { displayName, id, isHidden, totalItemCount } = child
  const [name] = [...known].find(([, its]) => its === id) ?? []
  const isInbox = name === "inbox"
  const path: MailboxPath = isInbox
    ? ["INBOX"]
    : parent === undefined
      ? [displayName]
      : [...parent.path, displayName]
  const isSystem = name !== undefined && system.includes(name)
  // A mailbox in another language may have a folder of that name beside its inbox.
  const isOther = !isInbox && keyOf(path) === keyOf(["INBOX"])
  const isDeleted = parent !== undefined && Option.contains(parent.specialUse, "trash")
  return {
    id,
    path,
    specialUse: useOf(name),
    hidden: isHidden === true || isSystem || isOther || isDeleted || parent?.hidden === true,
    total: totalItemCount ?? 0
  }
}
