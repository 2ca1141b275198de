import * as Option from "effect/Option"

import type { NameRules } from "./Capabilities.ts"
import { type Mailbox, type MailboxPath, pathKey, showPath, type SpecialUse } from "./Mailbox.ts"
import type { Rules } from "./Rules.ts"

/** The mailbox of the destination that stands for one of the source. */
export interface MappedMailbox {
  readonly path: MailboxPath
  readonly specialUse: Mailbox["specialUse"]
  /** What was changed in the name, and why; none when it is carried over as it is. */
  readonly why: Option.Option<string>
}

/** Where mail goes that only the view of all mail shows (snoozed mail, mail of lost mailboxes). */
export const orphanMailbox: MailboxPath = ["All Mail only"]

const textEncoder = new TextEncoder()

const toPath = (levels: ReadonlyArray<string>): MailboxPath => {
  const [first = "_", ...rest] = levels
  return [first, ...rest]
}

/** Cuts a level to a length in UTF-8 octets, never within a character. */
const cut = (level: string, octets: number): string => {
  let kept = ""
  let length = 0
  for (const character of level) {
    length += textEncoder.encode(character).length
    if (length > octets) break
    kept += character
  }
  return kept
}

/** The name without what a service keeps for itself at the first level, and under the level everything is to be under. */
const clearOfReserved = (
  wanted: MailboxPath,
  { parent, reserved }: NameRules
): readonly [MailboxPath, ReadonlyArray<string>] => {
  if (parent !== undefined) return [[parent, ...wanted], []]
  const [first, ...rest] = wanted
  return reserved?.has(first.normalize("NFC").trim().toLowerCase()) === true
    ? [[`_${first}`, ...rest], [`"${first}" is a name the service keeps for itself`]]
    : [wanted, []]
}

/** The nearest level these rules take, with the reasons for each change. */
const fitLevel = (level: string, rules: NameRules): readonly [string, ReadonlyArray<string>] => {
  const reasons: Array<string> = []
  let fitted = level
  // RFC 9051 section 5.1: control characters do not belong in mailbox names; servers answer BAD to some.
  const controlled = fitted.replace(/\p{Cc}/gu, " ")
  if (controlled !== fitted) reasons.push("control characters are not allowed")
  fitted = controlled
  if (Option.isSome(rules.delimiter) && fitted.includes(rules.delimiter.value)) {
    reasons.push(`"${rules.delimiter.value}" is the hierarchy delimiter there`)
    fitted = fitted.replaceAll(rules.delimiter.value, rules.delimiter.value === "_" ? "-" : "_")
  }
  for (const { pattern, why } of rules.refused) {
    // Not `test`, which remembers where it was when the pattern has the flag g.
    if (fitted.search(pattern) < 0) continue
    reasons.push(why)
    const global = new RegExp(
      pattern.source,
      pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`
    )
    fitted = fitted.replace(global, (found) => "_".repeat(Math.max(1, [...found.trim()].length)))
  }
  if (fitted.trim() === "") {
    reasons.push("a name must not be empty")
    fitted = "_"
  }
  if (fitted.length > (rules.maxLevelCharacters ?? Infinity)) {
    reasons.push(`names are limited to ${rules.maxLevelCharacters} characters`)
    fitted = fitted.slice(0, rules.maxLevelCharacters).toWellFormed()
  }
  if (textEncoder.encode(fitted).length > rules.maxLevelOctets) {
    reasons.push(`names are limited to ${rules.maxLevelOctets} octets`)
    fitted = cut(fitted, rules.maxLevelOctets)
  }
  return [fitted, reasons]
}

/** Longest matching prefix first; levels are compared as a person writes them, joined by `/`. */
const renamed = (proposed: MailboxPath, rename: Rules["rename"]): MailboxPath => {
  for (let length = proposed.length; length > 0; length--) {
    const from = proposed.slice(0, length).join("/")
    const to = rename[from]
    // Mailboxes are called `constructor` too.
    if (to === undefined || !Object.hasOwn(rename, from)) continue
    const levels = [...to.split("/").filter((level) => level !== ""), ...proposed.slice(length)]
    return levels.length === 0 ? proposed : toPath(levels)
  }
  return proposed
}

/** INBOX is one mailbox however it is spelt (RFC 9051 section 5.1). */
export const foldInbox = (path: MailboxPath): MailboxPath =>
  path.length === 1 && path[0].toUpperCase() === "INBOX" ? ["INBOX"] : path

const fit = (wanted: MailboxPath, rules: NameRules): readonly [MailboxPath, ReadonlyArray<string>] => {
  const folded = foldInbox(wanted)
  // INBOX is INBOX wherever everything else goes.
  if (folded.length === 1 && folded[0] === "INBOX") return [folded, []]
  const [clear, kept] = clearOfReserved(wanted, rules)
  const levels = clear.map((level) => fitLevel(level, rules))
  return [
    foldInbox(toPath(levels.map(([level]) => level))),
    [...kept, ...levels.flatMap(([, reasons]) => reasons)]
  ]
}

/** What a mailbox of the source is called before any rule. */
const usualName = ({ proposed, role }: Mailbox, { labelsStandAlone = false }: NameRules): MailboxPath => {
  if (role === "everything") return orphanMailbox
  const [, first, ...rest] = proposed
  if (role !== "label" || !labelsStandAlone || first === undefined) return proposed
  const bare: MailboxPath = [first, ...rest]
  // A label that its owner called so is not the inbox.
  return pathKey(foldInbox(bare)) === pathKey(["INBOX"]) ? [`_${first}`] : bare
}

/** Where a service says that it belongs, or has a place for it; none where the name decides. */
const ownPlace = (
  mailbox: Mailbox,
  special: ReadonlyMap<string, MailboxPath>,
  { homes, labelsStandAlone }: NameRules
): Option.Option<MailboxPath> => {
  const { path, proposed, role, specialUse } = mailbox
  // Mail without a home is archived mail where labels are all there is.
  if (role === "everything" && labelsStandAlone === true) return Option.fromUndefinedOr(special.get("all"))
  if (role !== "home") return Option.none()
  const use = Option.getOrUndefined(specialUse)
  // The source's own mailbox of that name, not one that its owner called so.
  const isItsOwn = proposed.length === 1 && pathKey(path) === pathKey(proposed)
  return Option.fromUndefinedOr(
    (use === undefined ? undefined : (homes?.bySpecialUse[use] ?? special.get(use))) ??
      (isItsOwn ? homes?.byName[proposed[0].toLowerCase()] : undefined)
  )
}

const whyOwn = ({ role, specialUse }: Mailbox, { homes }: NameRules): string => {
  if (role === "everything") return "mail without a mailbox is archived mail there"
  return Option.match(specialUse, {
    onNone: () => "there is no such mailbox there",
    onSome: (use) =>
      homes?.bySpecialUse[use] === undefined
        ? `the destination's own ${use} mailbox`
        : `there is no ${use} mailbox there for it`
  })
}

/** The name with a number behind it, within the length that levels may have. */
const numbered = (
  path: MailboxPath,
  n: number,
  { maxLevelCharacters = Infinity, maxLevelOctets }: NameRules
): MailboxPath => {
  const ending = ` (${n})`
  const level = (path.at(-1) ?? "").slice(0, maxLevelCharacters - ending.length).toWellFormed()
  return toPath([...path.slice(0, -1), `${cut(level, maxLevelOctets - ending.length)}${ending}`])
}

/** A name that the strictest servers take: for one that was refused though no rule foresaw it. */
export const conservativeName = (path: MailboxPath): MailboxPath =>
  toPath(
    path.map(
      (level) =>
        level
          .replace(/[^A-Za-z0-9 _-]/gu, "_")
          .trim()
          .slice(0, 60) || "_"
    )
  )

/** Special-use mailboxes keep their names before others; then by name, since LIST has no order (bridge.md section 2). */
const specialFirst = (a: Mailbox, b: Mailbox): number => {
  const rank = ({ specialUse }: Mailbox) => (Option.isSome(specialUse) ? 0 : 1)
  return rank(a) - rank(b) || (pathKey(a.path) < pathKey(b.path) ? -1 : 1)
}

/** Uses of mailboxes in which mail that only has the same name is deleted in time, or becomes a draft. */
const misplacing: ReadonlySet<SpecialUse> = new Set<SpecialUse>(["drafts", "junk", "trash"])

/**
 * Maps the mailboxes of the source to names the destination takes. Pure, and the same every time for the same input.
 *
 * A special-use mailbox goes to the destination's own of that use; two that would fall together by accident are kept
 * apart by a number, two that a rule or a special use brings together are merged as asked.
 *
 * `kept` holds the names that mailboxes of the source have from earlier runs, by the key of their path. They stay,
 * whatever else has changed at either end since, unless a rule names another: mail of one mailbox is never split.
 */
export const mapMailboxes = (
  source: ReadonlyArray<Mailbox>,
  destination: ReadonlyArray<Mailbox>,
  names: NameRules,
  rules: Rules,
  kept: ReadonlyMap<string, MailboxPath> = new Map()
): ReadonlyMap<string, MappedMailbox> => {
  const special = new Map(
    destination.flatMap((mailbox) =>
      Option.match(mailbox.specialUse, { onNone: () => [], onSome: (use) => [[use, mailbox.path] as const] })
    )
  )
  const mapped = new Map<string, MappedMailbox>()
  // By the name taken: the names under which it can be asked for, and whether a rule did so.
  const taken = new Map<string, { readonly wanted: ReadonlyArray<string>; readonly asked: boolean }>()
  const fold = (path: MailboxPath) =>
    pathKey(names.caseInsensitive ? toPath(path.map((l) => l.normalize("NFC").toLowerCase())) : path)
  const present = new Map(destination.map(({ path }) => [fold(path), path]))
  const notForMail = new Map(
    [...special].flatMap(([use, path]) => (misplacing.has(use) ? [[fold(path), use] as const] : []))
  )

  /** Under another name where the destination's own mailbox of that name would delete mail, or make drafts of it. */
  const clearOfOwn = (
    { path: is, proposed, specialUse }: Mailbox,
    path: MailboxPath,
    asked: boolean
  ): readonly [MailboxPath, ReadonlyArray<string>] => {
    const [first, ...rest] = path
    const use = notForMail.get(fold([first]))
    const isOwners = Option.isNone(specialUse) && pathKey(is) !== pathKey(proposed)
    return use === undefined || asked || !isOwners
      ? [path, []]
      : [[`_${first}`, ...rest], [`"${first}" is the destination's own ${use} mailbox`]]
  }

  const keptFirst = (a: Mailbox, b: Mailbox) => {
    const rank = ({ path }: Mailbox) => (kept.has(pathKey(path)) ? 0 : 1)
    return rank(a) - rank(b) || specialFirst(a, b)
  }

  for (const mailbox of source.toSorted(keptFirst)) {
    if (mailbox.role === "starred") {
      // Named for the plan's table only: its messages stand in others and bear the flag, so it takes no name.
      mapped.set(pathKey(mailbox.path), {
        path: mailbox.proposed,
        specialUse: Option.none(),
        why: Option.none()
      })
      continue
    }
    const usual = usualName(mailbox, names)
    const wanted = renamed(usual, rules.rename)
    const before = kept.get(pathKey(mailbox.path))
    if (before !== undefined && pathKey(wanted) === pathKey(usual)) {
      mapped.set(pathKey(mailbox.path), {
        path: before,
        specialUse: mailbox.role === "home" ? mailbox.specialUse : Option.none(),
        why: pathKey(before) === pathKey(wanted) ? Option.none() : Option.some("as in earlier runs")
      })
      taken.set(fold(before), {
        wanted: [pathKey(wanted), pathKey(before)],
        asked: mailbox.role === "everything"
      })
      continue
    }
    const own = ownPlace(mailbox, special, names)
    if (Option.isSome(own) && pathKey(wanted) === pathKey(usual)) {
      const same = pathKey(own.value) === pathKey(wanted)
      mapped.set(pathKey(mailbox.path), {
        path: own.value,
        specialUse: mailbox.role === "home" ? mailbox.specialUse : Option.none(),
        why: same ? Option.none() : Option.some(whyOwn(mailbox, names))
      })
      taken.set(fold(own.value), { wanted: [pathKey(wanted), pathKey(own.value)], asked: false })
      continue
    }
    const asked = pathKey(wanted) !== pathKey(mailbox.proposed)
    const isFree = (path: MailboxPath) => {
      const other = taken.get(fold(path))
      const joins = asked || other?.asked === true || names.labelsStandAlone === true
      return other === undefined || (other.wanted.includes(pathKey(wanted)) && joins)
    }
    const [fits, unfit] = fit(wanted, names)
    const [fitted, taking] = clearOfOwn(mailbox, fits, asked)
    const reasons = [...unfit, ...taking]
    let path = fitted
    for (let n = 2; !isFree(path); n++) path = numbered(fitted, n, names)
    taken.set(fold(path), { wanted: [pathKey(wanted)], asked })
    const all =
      pathKey(path) === pathKey(fitted) ? [...reasons] : [...reasons, `"${showPath(fitted)}" is taken`]
    const spelt = names.caseInsensitive ? present.get(fold(path)) : undefined
    if (spelt !== undefined && pathKey(spelt) !== pathKey(path)) all.push("it is spelt so there")
    mapped.set(pathKey(mailbox.path), {
      path: spelt ?? path,
      specialUse: mailbox.role === "home" ? mailbox.specialUse : Option.none(),
      why: all.length === 0 ? Option.none() : Option.some([...new Set(all)].join("; "))
    })
  }
  return mapped
}
