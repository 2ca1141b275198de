import type { Mailbox } from "@mailferry/rehearsal/graph/Mailbox.ts"
import type { StoredMessage } from "@mailferry/rehearsal/graph/StoredMessage.ts"
import { firstValue } from "@mailferry/rehearsal/imap/HeaderBlock.ts"
import type { ProtonAccount } from "@mailferry/rehearsal/ProtonAccount.ts"

import type { Arrivals } from "../Arrivals.ts"
import type { NamedLoss } from "../Fidelity.ts"
import { type ExchangeMail, type ExchangeMailbox, exchangeMailbox } from "./ExchangeMail.ts"
import { exchangeProperties, type Pair, type Property } from "./ExchangeProperties.ts"
import { FidelityTally } from "./FidelityTally.ts"

/** Message compared with message. Each entry names one. */
export interface ExchangeComparison {
  readonly lost: ReadonlyArray<string>
  readonly doubled: ReadonlyArray<string>
  /** None of the account's, and folders that are nobody's. */
  readonly strange: ReadonlyArray<string>
  /** What differs though no loss was named, too. */
  readonly altered: ReadonlyArray<string>
  readonly fidelity: FidelityTally
}

const idField = "X-Pm-Internal-Id"

/** Proton's id, by a header; what has none is known by its subject. */
const idOf = ({ parts }: StoredMessage): string =>
  parts.headers.find(({ name }) => name.toLowerCase() === idField.toLowerCase())?.value ??
  firstValue(Buffer.from(parts.transportHeaders ?? ""), idField) ??
  parts.subject

/** The row of the one thing that is no property of an item by itself. */
const place = "place"

const placeOf = ({ folder }: StoredMessage): string => folder.wellKnown ?? folder.path

/** A message whose attachments are not all there bears a mark of ours. */
const isPartial = ({ properties }: StoredMessage): boolean =>
  [...properties].some(([id, value]) => /\bMigrationState$/u.test(id) && value !== "done")

/** What differs of one message and nobody named, told to `tally` property by property. */
const unnamed = (
  mail: ExchangeMail,
  items: ReadonlyArray<StoredMessage>,
  named: ReadonlySet<string>,
  tally: FidelityTally
): ReadonlyArray<string> => {
  const facts = mail.facts()
  const found: Array<string> = []
  const judge = (
    { always, excuses, what }: Pick<Property, "always" | "excuses" | "what">,
    difference: string | undefined
  ) => {
    const excuse = excuses.find((kind) => named.has(kind)) ?? always
    tally.count(what, difference === undefined ? "kept" : (excuse ?? "unnamed"))
    if (difference !== undefined && excuse === undefined) found.push(`${what}: ${difference}`)
  }
  const places = items.map(placeOf).toSorted().join(" and ")
  const wanted = mail.folders.toSorted().join(" and ")
  judge(
    { what: place, excuses: ["place-not-kept"] },
    places === wanted ? undefined : `${places} instead of ${wanted}`
  )
  for (const property of exchangeProperties) {
    const pairs = items.map((stored): Pair => ({ mail, facts, stored }))
    if (!pairs.some((pair) => property.concerns?.(pair) ?? true)) continue
    judge(
      property,
      pairs.map((pair) => property.difference(pair)).find((each) => each !== undefined)
    )
  }
  if (items.some(isPartial)) found.push("marked as incomplete")
  return found
}

/** Folders that are none of the account's. */
const strangeFolders = (wanted: ReadonlyArray<string>, mailbox: Mailbox): ReadonlyArray<string> => {
  const known = new Set(
    wanted.flatMap((path) => path.split("/").map((_, at, levels) => levels.slice(0, at + 1).join("/")))
  )
  return mailbox.folders
    .filter(
      ({ parent, path, wellKnown }) => parent !== undefined && wellKnown === undefined && !known.has(path)
    )
    .map(({ path }) => `folder ${path}`)
}

/** What the mailbox holds beside what it should hold; `losses` are what mailferry says it could not keep. */
export const compareWithExchange = (
  { folders, mails }: ExchangeMailbox,
  mailbox: Mailbox,
  losses: ReadonlyArray<NamedLoss>
): ExchangeComparison => {
  const byId = new Map(mails.map((mail) => [mail.id, mail]))
  const items = new Map<ExchangeMail, Array<StoredMessage>>()
  const strange: Array<string> = []
  for (const stored of mailbox.messages) {
    const mail = byId.get(idOf(stored))
    if (mail === undefined) strange.push(`message in ${placeOf(stored)}`)
    else items.set(mail, [...(items.get(mail) ?? []), stored])
  }
  const named = Map.groupBy(losses, ({ id }) => id)
  const fidelity = new FidelityTally([place, ...exchangeProperties.map(({ what }) => what)])
  const altered = [...items].flatMap(([mail, found]) => {
    const kinds = new Set((named.get(mail.id) ?? []).map(({ kind }) => kind))
    const differs = unnamed(mail, found, kinds, fidelity)
    return differs.length === 0 ? [] : [`${mail.id}: ${differs.join("; ")}`]
  })
  const listed = new Set(mailbox.categories.all.map(({ displayName }) => displayName))
  const unlisted = new Set(
    mailbox.messages.flatMap(({ categories }) => categories).filter((each) => !listed.has(each))
  )
  return {
    lost: mails.filter((mail) => !items.has(mail)).map(({ id }) => id),
    doubled: [...items].filter(([mail, found]) => found.length > mail.folders.length).map(([{ id }]) => id),
    strange: [...strange, ...strangeFolders(folders, mailbox)],
    altered: [...altered, ...[...unlisted].map((name) => `category ${name} is not in the list`)],
    fidelity
  }
}

/** Counts both ends of a rehearsal, message by message. */
export const countInExchange = (
  account: ProtonAccount,
  mailbox: Mailbox,
  losses: ReadonlyArray<NamedLoss>
): Arrivals => {
  const expected = exchangeMailbox(account)
  const { altered, doubled, fidelity, lost, strange } = compareWithExchange(expected, mailbox, losses)
  const sent = expected.mails.length
  return {
    sent,
    arrived: sent - lost.length,
    doubled: doubled.length,
    strange: strange.length,
    altered,
    fidelity: fidelity.rows
  }
}
