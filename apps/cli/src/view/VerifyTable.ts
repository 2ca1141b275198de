import type { DifferenceKind } from "@mailferry/core/Difference.ts"
import { showPath } from "@mailferry/core/Mailbox.ts"
import type { VerifyResult } from "@mailferry/core/Verify.ts"

import type { Paint } from "./Paint.ts"
import { table } from "./Table.ts"
import { count, counted, harmless } from "./Wording.ts"

/** Differences named one by one; beyond that `--json` lists them. */
const namedAtMost = 100

const meanings: Readonly<Record<DifferenceKind, string>> = {
  missing: "recorded as carried over, and not there",
  doubled: "there more often than planned",
  altered: "there, but not as it was written",
  foreign: "put there by somebody else since",
  "not-migrated": "in scope at the source, and not carried over"
}

const comparisons: Readonly<Record<VerifyResult["comparison"], string>> = {
  octets: " and compared octet for octet",
  content: " and compared in text and files, since the destination keeps no octets",
  nothing: ": the destination keeps nothing they could be compared by"
}

const kinds: ReadonlyArray<DifferenceKind> = ["missing", "doubled", "altered", "foreign", "not-migrated"]

const countOf = (result: VerifyResult, kind: DifferenceKind): number =>
  kind === "not-migrated" ? result.notMigrated : result[kind]

const columns = [{ title: "Kind" }, { title: "Mailbox" }, { title: "Message" }, { title: "Detail" }]

const next = (result: VerifyResult, again: string): string => {
  if (result.ok) return ""
  if (result.notMigrated > 0) {
    return `\`mailferry run ${again}\` carries over what has not been; then verify again.`
  }
  if (result.missing > 0) {
    return "What is missing had arrived and was moved or removed there since: look for it there, its Trash included."
  }
  return result.doubled + result.altered === 0
    ? "If that mail is expected there, `--allow-foreign` leaves it out of the verdict."
    : "Look at the messages named above; `--json` lists them all."
}

/** The verdict, the sums, and a row for each difference. */
export const verifyTable = (result: VerifyResult, again: string, paint: Paint): string => {
  const verdict = result.ok
    ? paint.green(paint.bold("Verified: source, ledger and destination agree."))
    : paint.red(paint.bold("Not verified: source, ledger and destination disagree."))
  const found = kinds.filter((kind) => countOf(result, kind) > 0)
  const [titles = "", ...rows] = table(
    columns,
    result.differences
      .slice(0, namedAtMost)
      .map(({ detail, key, kind, mailbox, messageId }) => [
        kind,
        harmless(showPath(mailbox)),
        harmless(messageId ?? key),
        harmless(detail)
      ])
  )
  const more = result.differences.length - namedAtMost
  const what = next(result, again)
  return [
    verdict,
    `${counted(result.checked, "placement")} checked; ${counted(result.readBack, "message")} read back${comparisons[result.comparison]}.`,
    ...found.map((kind) => `${count(countOf(result, kind))} ${kind}: ${meanings[kind]}.`),
    ...(result.quarantined > 0
      ? [`${counted(result.quarantined, "message")} set aside: named by \`mailferry status ${again}\`.`]
      : []),
    ...(rows.length > 0 ? ["", paint.bold(titles), ...rows] : []),
    ...(more > 0 ? [`… and ${count(more)} more: \`--json\` lists them.`] : []),
    ...(what === "" ? [] : ["", `${paint.bold("next:")} ${what}`])
  ].join("\n")
}
